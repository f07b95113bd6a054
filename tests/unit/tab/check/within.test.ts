import { expect, test } from 'vitest'
import { within } from '../../../../src/tab/check/within.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'

test('[CHECK-2] a part that does not answer ends in its time, and one that fails at once', async () => {
  const clock = new ManualClock()
  const silent = within(clock, 1_000, new Promise<number>(() => {}))
  clock.advance(1_000)
  expect(await silent).toBeUndefined()
  expect(await within(clock, 1_000, Promise.reject(new Error('no')))).toBeUndefined()
  expect(await within(clock, 1_000, Promise.resolve(7))).toBe(7)
})
