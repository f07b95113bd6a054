/**
 * Credit: how many bytes one side of a link may send. Data channels have no receive back-pressure, so this is what bounds
 * an asker's memory. The window begins small and widens with what arrives: a link that starts with megabytes in flight
 * loses so many packets at once that it stands still for seconds. Over a long path a small window is itself what holds
 * bytes up, and the path lets no burst through: there it begins wider and widens faster. Only payload counts.
 */
import {
  CREDIT_FAR_GROWTH,
  CREDIT_FAR_START_BYTES,
  CREDIT_GROWTH,
  CREDIT_START_BYTES,
  CREDIT_STEP_BYTES,
  CREDIT_WINDOW_BYTES,
  DATA_PAYLOAD_BYTES,
  FAR_MS,
} from '../../protocol/limits.ts'

/** The asker's side. */
export type Allowance = {
  /** Granted and not yet arrived. */
  readonly openBytes: number
  /** Arrived and not yet taken by the store. */
  readonly heldBytes: number
  readonly arrivedBytes: number
  readonly isFar: boolean
}

export const NO_ALLOWANCE: Allowance = { openBytes: 0, heldBytes: 0, arrivedBytes: 0, isFar: false }

/** By a round trip of before there was anything to queue. */
export function isFar(rttMs: number | undefined): boolean {
  return rttMs !== undefined && rttMs > FAR_MS
}

export type Arrival =
  | { readonly kind: 'within'; readonly next: Allowance }
  | { readonly kind: 'refused'; readonly reason: 'credit-exceeded' }

export function arrive(allowance: Allowance, bytes: number): Arrival {
  const { openBytes, heldBytes, arrivedBytes } = allowance
  if (bytes > openBytes) return { kind: 'refused', reason: 'credit-exceeded' }
  const next = { ...allowance, openBytes: openBytes - bytes, heldBytes: heldBytes + bytes, arrivedBytes: arrivedBytes + bytes }
  return { kind: 'within', next }
}

/** The store took them, or they were thrown away. */
export function release(allowance: Allowance, bytes: number): Allowance {
  return { ...allowance, heldBytes: allowance.heldBytes - bytes }
}

/** In steps of a quarter window: a few commands per window, not one per frame. */
export function grant(allowance: Allowance): { readonly next: Allowance; readonly grantBytes: number } {
  const { openBytes, heldBytes, arrivedBytes } = allowance
  const [startBytes, growth] = allowance.isFar ? [CREDIT_FAR_START_BYTES, CREDIT_FAR_GROWTH] : [CREDIT_START_BYTES, CREDIT_GROWTH]
  const windowBytes = Math.min(CREDIT_WINDOW_BYTES, startBytes + Math.floor(arrivedBytes / growth))
  const roomBytes = Math.min(windowBytes, CREDIT_WINDOW_BYTES - heldBytes) - openBytes
  const stepBytes = Math.max(DATA_PAYLOAD_BYTES, Math.min(CREDIT_STEP_BYTES, windowBytes / 4))
  if (roomBytes < stepBytes) return { next: allowance, grantBytes: 0 }
  return { next: { ...allowance, openBytes: openBytes + roomBytes }, grantBytes: roomBytes }
}

/** The holder's side: credit beyond one window is worth nothing, so no asker makes us promise more. */
export function addCredit(creditBytes: number, grantBytes: number): number {
  return Math.min(CREDIT_WINDOW_BYTES, creditBytes + grantBytes)
}
