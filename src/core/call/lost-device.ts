/**
 * What becomes of a camera or microphone that ended while it was wanted, or that the system replaced. Of the same device one goes on by
 * itself. Another microphone takes the place of one, because who speaks must not be cut off; another camera would show what nobody chose to
 * show.
 */
type Listed = { readonly kind: string; readonly deviceId: string; readonly groupId: string }

export type LostDevice = {
  readonly what: 'microphone' | 'camera'
  /** undefined where the browser does not tell. */
  readonly permission: 'granted' | 'denied' | 'prompt' | undefined
  readonly deviceId: string | undefined
  readonly listed: readonly Listed[]
}

/** `says`: what a person reads while nothing is open. `device` undefined: whichever the browser gives. */
export type AfterLoss =
  | { readonly kind: 'open'; readonly device: { readonly exact: string } | undefined; readonly says: 'device-lost' }
  | { readonly kind: 'wait'; readonly says: 'device-lost' | 'device-denied' }

const KINDS = { microphone: 'audioinput', camera: 'videoinput' } as const
/** Browsers list what the system chooses as a device of its own, of the same group as the one behind it. */
const SYSTEM_DEFAULT = 'default'

/** Where the browser would ask, it is not made to: somebody has just said no. */
export function afterLoss({ what, permission, deviceId, listed }: LostDevice): AfterLoss {
  if (permission !== undefined && permission !== 'granted') return { kind: 'wait', says: 'device-denied' }
  const fitting = listed.filter(({ kind }) => kind === KINDS[what])
  const exact = fitting.find((one) => one.deviceId === deviceId)?.deviceId
  if (exact !== undefined) return { kind: 'open', device: { exact }, says: 'device-lost' }
  if (what === 'microphone' && fitting.length > 0) return { kind: 'open', device: undefined, says: 'device-lost' }
  return { kind: 'wait', says: 'device-lost' }
}

/** Browsers go on with the microphone that was the system's when it was opened, `used`. */
export function hasDefaultMoved(used: { readonly deviceId?: string; readonly groupId?: string }, listed: readonly Listed[]): boolean {
  const now = listed.find(({ kind, deviceId }) => kind === 'audioinput' && deviceId === SYSTEM_DEFAULT)
  return used.deviceId === SYSTEM_DEFAULT && now !== undefined && now.groupId !== used.groupId
}
