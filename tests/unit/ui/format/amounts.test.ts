import { expect, test } from 'vitest'
import { formatAgo, formatBytes, formatPart, formatSpeed, formatWait, percentOf } from '../../../../src/ui/format/amounts.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

test('[UI-10] bytes have three digits and never reach 1000 of a unit', () => {
  expect([0, 7, 999, 1000, 52_400_000, 999_499, 999_500, 1.42e9, 5e15].map(formatBytes)).toEqual([
    '0 B',
    '7 B',
    '999 B',
    '1 kB',
    '52.4 MB',
    '999 kB',
    '1 MB',
    '1.42 GB',
    '5 PB',
  ])
})

test('[UI-10] a part is told in the unit of the whole, and never more than the whole', () => {
  expect(formatPart(880_000_000, 1.42e9)).toBe('0.88 of 1.42 GB')
  expect(formatPart(31e6, 50e6)).toBe('31 of 50 MB')
  expect(formatPart(60e6, 50e6)).toBe('50 of 50 MB')
  expect(formatPart(0, 0)).toBe('0 of 0 B')
  expect(formatSpeed(8_190_000.4)).toBe('8.19 MB/s')
})

test('[UI-10] waits are told no more exactly than they are known', () => {
  expect([400, 9_000, 12_000, 54_000, 66_000, 54 * MINUTE, 56 * MINUTE, 95 * MINUTE, 30 * HOUR, 72 * HOUR].map(formatWait)).toEqual([
    'a few seconds',
    'a few seconds',
    'about 10 s',
    'about 55 s',
    'about 1 min',
    'about 54 min',
    'about 1 h',
    'about 1 h 40 min',
    'about 30 h',
    'about 3 days',
  ])
})

test('[UI-10] an empty file is whole, and 99.9 percent is not', () => {
  expect([percentOf(0, 0), percentOf(999, 1000), percentOf(1000, 1000), percentOf(2000, 1000)]).toEqual([100, 99, 100, 100])
})

test('[UI-10] past times are told in the words one would use', () => {
  const now = Date.UTC(2026, 10, 21)
  const ago = [5_000, 5 * MINUTE, 3 * HOUR, 30 * HOUR, 72 * HOUR, 20 * 24 * HOUR, -HOUR]
  expect(ago.map((ms) => formatAgo(now - ms, now))).toEqual([
    'just now',
    '5 min ago',
    '3 h ago',
    'yesterday',
    '3 days ago',
    '2026-11-01',
    'just now',
  ])
})
