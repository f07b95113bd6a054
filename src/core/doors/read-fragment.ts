/** Candidates that come after the offer (RFC 8840, section 9): a piece of a session description, line by line. */
import { DOOR_CANDIDATES } from '../../protocol/limits.ts'
import { ufragOf } from './read-offer.ts'

export type Fragment = {
  /** Another one than the offer's begins ICE anew. */
  readonly ufrag: string | undefined
  readonly candidates: readonly { readonly candidate: string; readonly sdpMid?: string; readonly sdpMLineIndex?: number }[]
}

/** Undefined: this is none, or names more candidates than anybody has. */
export function readFragment(text: string): Fragment | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  if (lines.length === 0 || lines.some((line) => !/^[a-z]=/.test(line))) return undefined
  const candidates: Fragment['candidates'][number][] = []
  let section = -1
  let mid: string | undefined
  for (const line of lines) {
    if (line.startsWith('m=')) {
      section += 1
      mid = undefined
    } else if (line.startsWith('a=mid:')) mid = line.slice('a=mid:'.length).trim()
    // With everything bundled, candidates before any section are the first one's.
    else if (line.startsWith('a=candidate:'))
      candidates.push({
        candidate: line.slice('a='.length),
        ...(mid === undefined ? { sdpMLineIndex: Math.max(0, section) } : { sdpMid: mid }),
      })
  }
  return candidates.length > DOOR_CANDIDATES ? undefined : { ufrag: ufragOf(text), candidates }
}
