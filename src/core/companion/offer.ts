/**
 * A code that this device shows, and who may still guess it. Each answer is a guess, so answers are counted, and what ends an
 * offer is one right proof, its time, or the person.
 */
import type { DeviceId } from '../../protocol/ids.ts'
import { PAIR_MS, PAIR_TRIES, PAIR_TRIES_OF_ALL } from '../../protocol/limits.ts'

export type Offer = {
  readonly code: string
  readonly untilMs: number
  /** Answers that each had. */
  readonly answered: ReadonlyMap<DeviceId, number>
}

export function offerOf(code: string, nowMs: number): Offer {
  return { code, untilMs: nowMs + PAIR_MS, answered: new Map() }
}

/** Undefined: it is not answered, and hears nothing that tells why. */
export function answerOnce(offer: Offer | undefined, by: DeviceId, nowMs: number): Offer | undefined {
  if (offer === undefined || nowMs >= offer.untilMs) return undefined
  const before = offer.answered.get(by) ?? 0
  const ofAll = [...offer.answered.values()].reduce((sum, one) => sum + one, 0)
  if (before >= PAIR_TRIES || ofAll >= PAIR_TRIES_OF_ALL) return undefined
  return { ...offer, answered: new Map(offer.answered).set(by, before + 1) }
}
