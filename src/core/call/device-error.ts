/** What a browser's refusal to open a device means for the person: each engine spells it a little differently. */
import type { RoomErrorCode } from '../../protocol/errors.ts'

export type DeviceErrorCode = Exclude<Extract<RoomErrorCode, `device-${string}`>, 'device-replaced'>

const CODES = new Map<string, DeviceErrorCode>([
  ['NotAllowedError', 'device-denied'],
  ['SecurityError', 'device-denied'],
  ['NotFoundError', 'device-missing'],
  // The chosen device is gone: no other has its id.
  ['OverconstrainedError', 'device-missing'],
  ['NotReadableError', 'device-busy'],
  ['AbortError', 'device-failed'],
])

/** `name` of the DOMException that getUserMedia or getDisplayMedia threw. */
export function deviceErrorCode(name: string): DeviceErrorCode {
  return CODES.get(name) ?? 'device-failed'
}
