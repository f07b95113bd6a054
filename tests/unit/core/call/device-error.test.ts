import { expect, test } from 'vitest'
import { deviceErrorCode } from '../../../../src/core/call/device-error.ts'

test.each([
  ['NotAllowedError', 'device-denied'],
  ['SecurityError', 'device-denied'],
  ['NotFoundError', 'device-missing'],
  ['OverconstrainedError', 'device-missing'],
  ['NotReadableError', 'device-busy'],
  ['AbortError', 'device-failed'],
  ['TypeError', 'device-failed'],
  ['toString', 'device-failed'],
])('[CALL-1] %s is %s', (name, code) => {
  expect(deviceErrorCode(name)).toBe(code)
})
