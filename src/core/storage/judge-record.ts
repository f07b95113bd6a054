/**
 * What a change of a signed record in the room's document is worth. Any member can write anything there: a record counts
 * when its signature is good and it stands where it says it belongs, and an older one never replaces a newer.
 */
export type Incoming = {
  /** Its signature is good and its key is the one its content names. */
  readonly isGenuine: boolean
  readonly sequence: number
}

export type RecordVerdict =
  /** It counts from now on. */
  | 'take'
  /** What counted before still does, and is written again over what somebody put in its place. */
  | 'restore'
  | 'ignore'

/** `known`: what counts now. Of two written at once with one number either will do, as long as all tabs take the same. */
export function judgeRecord(known: { readonly sequence: number } | undefined, incoming: Incoming): RecordVerdict {
  const isGood = incoming.isGenuine && (known === undefined || incoming.sequence >= known.sequence)
  if (isGood) return 'take'
  return known === undefined ? 'ignore' : 'restore'
}
