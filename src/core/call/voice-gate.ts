/**
 * Whether this tab's voice is sent. Among few everybody's is, all the time. Among more only while its person speaks, and
 * only of the first three who do: more voices at once are a noise, and each costs everybody fifty frames a second.
 */
import { LOUDEST, VOICES_ALWAYS_OPEN } from '../../protocol/limits.ts'

export type VoiceScene = {
  /** In the call, this tab included. */
  readonly people: number
  readonly isSpeaking: boolean
  /** Others who speak now and began before this one. */
  readonly othersBefore: number
}

export function isVoiceSent({ people, isSpeaking, othersBefore }: VoiceScene): boolean {
  return people <= VOICES_ALWAYS_OPEN || (isSpeaking && othersBefore < LOUDEST)
}

/** Who spoke when this tab's person began, or fell silent. */
export type VoiceGate<T> = { readonly isSpeaking: boolean; readonly before: ReadonlySet<T> }

export function closedGate<T>(): VoiceGate<T> {
  return { isSpeaking: false, before: new Set() }
}

/** With each look at the call. `speaking`: the others who speak now. */
export function stepVoiceGate<T>(
  gate: VoiceGate<T>,
  { people, isSpeaking, speaking }: { readonly people: number; readonly isSpeaking: boolean; readonly speaking: readonly T[] },
): { readonly next: VoiceGate<T>; readonly isSent: boolean } {
  const next = isSpeaking === gate.isSpeaking ? gate : { isSpeaking, before: new Set(speaking) }
  const othersBefore = speaking.filter((one) => next.before.has(one)).length
  return { next, isSent: isVoiceSent({ people, isSpeaking, othersBefore }) }
}
