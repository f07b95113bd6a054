/**
 * Whether this tab's voice is sent. Among few everybody's is, all the time. Among more only while its person speaks, and
 * only of the first three who do: more voices at once are a noise, and each costs everybody fifty frames a second.
 */
import { LINE_EVERY_MS, LINE_IN_REST_EVERY_MS, LOUDEST, VOICES_ALWAYS_OPEN } from '../../protocol/limits.ts'

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

/**
 * Between the lines that a tab opens for its voice, one to each listener. Among many most never speak, and lines of everybody to
 * everybody at once are more than small machines can do: they are made by and by, and at once when the person speaks.
 */
export function voiceLinePauseMs({ people, isSent }: { readonly people: number; readonly isSent: boolean }): number {
  return people <= VOICES_ALWAYS_OPEN || isSent ? LINE_EVERY_MS : LINE_IN_REST_EVERY_MS
}
