import { expect, test } from 'vitest'
import { formatOdds, formatTimes, oneIn } from '../../../../src/ui/format/odds.ts'

test('[UI-30] odds keep their nines and one digit more, and never gain', () => {
  const odds = [0, 0.05, 0.683, 0.9, 0.99, 0.9973, 0.999, 0.99951, 0.9999, 0.99999, 0.999999, 0.9999999, 1]
  expect(odds.map((one) => formatOdds(one).replace('\u00a0', ' '))).toEqual([
    '0 %',
    '5 %',
    '68 %',
    '90 %',
    '99 %',
    '99.7 %',
    '99.9 %',
    '99.95 %',
    '99.99 %',
    '99.999 %',
    '99.9999 %',
    '99.9999 %',
    'over 99.9999 %',
  ])
})

test('[UI-30] how seldom, to the likelier side', () => {
  expect([0.2, 0.5, 0.9, 0.99, 0.999, 0.9996, 0.99999].map(oneIn)).toEqual([
    'most times',
    'once in 2',
    'once in 10',
    'once in 100',
    'once in 1,000',
    'once in 2,000',
    'once in 100,000',
  ])
})

test('[UI-30] a cost is not made smaller', () => {
  const costs = [1, 1.25, 2.1, 2.12, 3.99, 0]
  expect(costs.map((one) => formatTimes(one).replace('\u00a0', ' '))).toEqual(['1 ×', '1.3 ×', '2.1 ×', '2.2 ×', '4 ×', '0 ×'])
})

test('[UI-30] four copies are 4 ×, though their seals take a few bytes in ten thousand', () => {
  expect([1.0003, 4.001, 32.008].map((one) => formatTimes(one).replace('\u00a0', ' '))).toEqual(['1 ×', '4 ×', '32 ×'])
})
