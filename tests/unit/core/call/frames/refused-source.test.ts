import { expect, test } from 'vitest'
import { afterFailure, type Tries, UNTRIED } from '../../../../../src/core/call/frames/refused-source.ts'

/** What is known after failures at these times. */
const failing = (timesMs: readonly number[], before = UNTRIED): Tries => timesMs.reduce(afterFailure, before)

test('[CALL-29] nothing but failures for two seconds: it is the source', () => {
  expect(failing([500, 500, 1_500, 2_499]).isRefused).toBe(false)
  expect(failing([500, 500, 1_500, 2_500])).toEqual({ failedSinceMs: 500, isRefused: true })
})
