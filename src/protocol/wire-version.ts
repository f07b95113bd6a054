/**
 * Old and new tabs meet in the same room. Each says which wire versions it speaks; they use the highest both know, or
 * tell their people which of the two has to reload.
 */
import * as v from 'valibot'
import { countOf } from './frame.ts'

/**
 * 3: in a call frames are sealed and may be forwarded; 2 knew plain tracks only. 2: files are sealed objects with plans; 1
 * kept plain blocks, and the two cannot share a file.
 */
export const WIRE: WireRange = { min: 3, max: 3 }

export const wireRange = v.pipe(
  v.object({ min: countOf(10_000), max: countOf(10_000) }),
  v.check(({ min, max }) => min <= max, 'min above max'),
)
export type WireRange = { readonly min: number; readonly max: number }

export type WireAgreement =
  | { readonly kind: 'agreed'; readonly version: number }
  | { readonly kind: 'refused'; readonly reason: 'wire-newer' | 'wire-older' }

export function agreeOnWire(ours: WireRange, theirs: WireRange): WireAgreement {
  if (theirs.min > ours.max) return { kind: 'refused', reason: 'wire-newer' }
  if (theirs.max < ours.min) return { kind: 'refused', reason: 'wire-older' }
  return { kind: 'agreed', version: Math.min(ours.max, theirs.max) }
}
