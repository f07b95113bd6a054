/**
 * Whether a device is still heard over its link. It is asked all the time, so silence is news within seconds, with no
 * relay to tell us; the link itself is left to heal. A tab that was asleep has heard nobody: it listens anew before it
 * says so of others.
 */
import { AWAY_MS, LINK_LOOKS_A_PING, LINK_PING_MS } from '../../protocol/limits.ts'
import type { NegotiationRole } from './negotiation.ts'

export type Hearing = {
  /** When this tab last looked. */
  readonly lookedAtMs: number
  /** It was awake since. */
  readonly awakeSinceMs: number
  readonly isQuiet: boolean
}

/** Looks come every LINK_PING_MS: half of one less, so that silence is seen within AWAY_MS and one second. */
const QUIET_MS = AWAY_MS - LINK_PING_MS / 2

export function startHearing(nowMs: number): Hearing {
  return { lookedAtMs: nowMs, awakeSinceMs: nowMs, isQuiet: false }
}

/** `heardAtMs`: when anything last came. */
export function hear(hearing: Hearing, heardAtMs: number, nowMs: number): Hearing {
  const isLate = nowMs - hearing.lookedAtMs > 2 * LINK_PING_MS
  const awakeSinceMs = isLate ? nowMs : hearing.awakeSinceMs
  const silentMs = nowMs - Math.max(heardAtMs, awakeSinceMs)
  // Who was quiet before we slept is so until it is heard.
  const isQuiet = silentMs >= QUIET_MS || (hearing.isQuiet && heardAtMs <= hearing.lookedAtMs)
  return { lookedAtMs: nowMs, awakeSinceMs, isQuiet }
}

/**
 * Whether to ask at this look. One side asks each time, which both hear; the other now and then, for its own round trip, and
 * whenever nothing came since it last looked.
 */
export function asksAt(look: number, role: NegotiationRole, wasHeard: boolean): boolean {
  return role === 'impolite' || !wasHeard || look % LINK_LOOKS_A_PING === 0
}
