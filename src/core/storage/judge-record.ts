/**
 * What a change of a signed record in the room's document is worth. Any member can write anything there: a record counts
 * when its signature is good and it stands where it says it belongs, and an older one never replaces a newer.
 */
import { PLAN_AHEAD_MS } from '../../protocol/limits.ts'

export type Incoming = {
  /** Its signature is good and its key is the one its content names. */
  readonly isGenuine: boolean
  readonly sequence: number
  /** Beyond it nobody could write a newer one. */
  readonly sequenceMax: number
}

export type RecordVerdict =
  /** It counts from now on. */
  | 'take'
  /** What counted before still does, and is written again over what somebody put in its place. */
  | 'restore'
  | 'ignore'

/** `known`: what counts now. Of two written at once with one number either will do, as long as all tabs take the same. */
export function judgeRecord(known: { readonly sequence: number } | undefined, incoming: Incoming): RecordVerdict {
  const { isGenuine, sequence, sequenceMax } = incoming
  const isGood = isGenuine && sequence <= sequenceMax && (known === undefined || sequence >= known.sequence)
  if (isGood) return 'take'
  return known === undefined ? 'ignore' : 'restore'
}

/**
 * Any member may write a plan, and each counts one more than the one before: numbers that changes of a plan come to are
 * far below the clock. One above it is forged, and one up to it can be outdone a moment later.
 */
export function latestPlanSequence(nowMs: number): number {
  return nowMs + PLAN_AHEAD_MS
}
