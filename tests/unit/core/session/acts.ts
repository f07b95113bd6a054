/** People of a meeting and what they say, as values: signatures are checked at the door, so any bytes will do here. */
import { type Acts, addActs } from '../../../../src/core/session/acts.ts'
import { type Control, foldControl } from '../../../../src/core/session/fold-control.ts'
import type { Roles } from '../../../../src/core/session/say.ts'
import type { Saying, SignedAct } from '../../../../src/protocol/control.ts'
import { encodeFrame } from '../../../../src/protocol/frame.ts'
import { type DeviceId, toDeviceId } from '../../../../src/protocol/ids.ts'

export const NOW = 1_700_000_000_000

const device = (n: number) => toDeviceId(new Uint8Array(32).fill(n))
export const [OLGA, MAX, ANN, BEN, CLEO] = [1, 2, 3, 4, 5].map(device) as [DeviceId, DeviceId, DeviceId, DeviceId, DeviceId]

export const ROLES: Roles = new Map([
  [OLGA, 'owner'],
  [MAX, 'moderator'],
  [ANN, 'member'],
  [BEN, 'member'],
  [CLEO, 'guest'],
])

export type Details = { readonly subject?: string; readonly sequence?: number; readonly atMs?: number; readonly mark?: number }

export function act(by: DeviceId, says: Saying, { subject = '', sequence = 1, atMs = NOW, mark = 0 }: Details = {}): SignedAct {
  return { kind: says.t, subject, says: encodeFrame(says), by, atMs, sequence, signature: new Uint8Array(64).fill(mark) }
}

/** As one tab has them that heard them all just now. */
export function known(acts: readonly SignedAct[], roles: Roles = ROLES, nowMs = NOW): Acts {
  return addActs(new Map(), acts, { roles, heardAtMs: nowMs, nowMs }).next
}

export function fold(acts: readonly SignedAct[], roles: Roles = ROLES, nowMs = NOW): Control {
  return foldControl(known(acts, roles, nowMs), roles, nowMs)
}

/** Everything a control says of these people, as one value to compare. */
export function told(control: Control): unknown {
  const { hushed, layout, placed, ...rest } = control
  return { ...rest, people: [...ROLES.keys()].map((one) => [one, hushed(one), layout(one), placed(one)]) }
}
