import { expect, test } from 'vitest'
import { isNews } from '../../../../src/core/call/round-trip.ts'

test('[CALL-20] a round trip is told when it differs from the one told before by a quarter, and by more than 5 ms', () => {
  expect(isNews(undefined, 0.4)).toBe(true)
  expect([0.4, 3, 5.3].map((nowMs) => isNews(0.4, nowMs))).toEqual([false, false, false])
  expect(isNews(0.4, 6)).toBe(true)
  expect([76, 99, 124, 125].map((nowMs) => isNews(100, nowMs))).toEqual([false, false, false, false])
  expect([74, 126].map((nowMs) => isNews(100, nowMs))).toEqual([true, true])
})

test('[CALL-20] slow growth is told as soon as it adds up', () => {
  let toldMs = 40
  const told: number[] = []
  for (let nowMs = 40; nowMs <= 80; nowMs++) {
    if (!isNews(toldMs, nowMs)) continue
    toldMs = nowMs
    told.push(nowMs)
  }
  expect(told).toEqual([51, 64])
})
