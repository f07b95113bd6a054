import { expect, test } from 'vitest'
import type { DeviceId } from '../../../src/protocol/ids.ts'
import { formatRoomLink, homeMark, LINK_HOMES, parseRoomLink, withHomes } from '../../../src/protocol/room-link.ts'
import { fromVector, readVectors } from './vectors.ts'

/** How tabs of version 0.3.0 read a link. */
const BEFORE = /#\/r\/([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/

test('[BALANCE-27] an invitation that names homes is read by older tabs as the link it is', () => {
  const { valid } = readVectors<{ valid: { text: string; value: { homes?: unknown } }[] }>('room-link')
  const named = valid.filter(({ value }) => value.homes !== undefined)
  expect(named.length).toBeGreaterThan(1)
  const [plain] = valid as [{ text: string; value: unknown }]
  const secretOf = (text: string) => BEFORE.exec(text.trim())?.slice(1)
  for (const { text } of named) expect(secretOf(text)).toEqual(secretOf(plain.text))
})

test('[BALANCE-27] homes come before the secret and after the first #: neither reaches a server', () => {
  const [{ value }] = readVectors<{ valid: [{ value: unknown }] }>('room-link').valid
  const link = fromVector(value) as NonNullable<ReturnType<typeof parseRoomLink>>
  const devices = ['a', 'b', 'c', 'd', 'e'] as unknown as readonly DeviceId[]
  const text = formatRoomLink('https://example.org/', { ...link, homes: devices.map(homeMark) })
  const { origin, pathname, search } = new URL(text)
  expect([origin, pathname, search]).toEqual(['https://example.org', '/', ''])
  expect(parseRoomLink(text)).toEqual({ ...link, homes: devices.slice(0, LINK_HOMES).map(homeMark) })
  expect(parseRoomLink(new URL(text).hash)).toEqual(parseRoomLink(text))
  expect(withHomes(text, [])).toBe(formatRoomLink('https://example.org/', { ...link, homes: [] }))
  expect(withHomes('no link', [1])).toBe('no link')
})
