/**
 * When a file that nobody here could give is looked at again. With holders: after their refusals are over. Without: at
 * once when a holder comes, or when this device took in blocks since, which may be the file's own.
 */
import { REFUSED_FOR_MS } from '../../protocol/limits.ts'

export type Aside = { readonly sinceMs: number; readonly hadHolders: boolean }

export type AsideNow = {
  readonly nowMs: number
  readonly hasHolders: boolean
  /** When this device last took in a block. */
  readonly gainedAtMs: number
}

/** `resting`: due by itself in a while. `waiting`: something must happen first. */
export type AsideVerdict = 'due' | 'resting' | 'waiting'

export function judgeAside(aside: Aside, { nowMs, hasHolders, gainedAtMs }: AsideNow): AsideVerdict {
  if (hasHolders && !aside.hadHolders) return 'due'
  if (!hasHolders && gainedAtMs <= aside.sinceMs) return 'waiting'
  return nowMs - aside.sinceMs < REFUSED_FOR_MS ? 'resting' : 'due'
}
