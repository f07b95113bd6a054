/**
 * Whether this tab's voice is sent. Among few everybody's is, all the time. Among more only while its person speaks, and
 * only of three who do: more voices at once are a noise, and each costs everybody fifty frames a second. Those are the first three,
 * until somebody is clearly louder than one of them: three microphones in noisy places keep nobody from being heard. Each
 * tab finds out for itself, by what it hears of the others.
 */
import { LINE_EVERY_MS, LINE_IN_REST_EVERY_MS, LOUDEST, VOICES_ALWAYS_OPEN } from '../../protocol/limits.ts'
import { isClearlyLouder } from './frames/choose-loudest.ts'

/** Who spoke when this tab's person began, or fell silent. */
export type VoiceGate<T> = { readonly isSpeaking: boolean; readonly before: ReadonlySet<T> }

export type VoiceScene<T> = {
  /** In the call, this tab included. */
  readonly people: number
  readonly isSpeaking: boolean
  /** How loud this tab's person was of late; amplitude, 0 to 1. */
  readonly loudness: number
  /** The others who speak now. */
  readonly speaking: readonly T[]
  /** How loud those came that are heard here. */
  readonly heard: ReadonlyMap<T, number>
}

export function closedGate<T>(): VoiceGate<T> {
  return { isSpeaking: false, before: new Set() }
}

/** With each look at the call. */
export function stepVoiceGate<T>(
  gate: VoiceGate<T>,
  { people, isSpeaking, loudness, speaking, heard }: VoiceScene<T>,
): { readonly next: VoiceGate<T>; readonly isSent: boolean } {
  const next = isSpeaking === gate.isSpeaking ? gate : { isSpeaking, before: new Set(speaking) }
  const goesBefore = (one: T) => {
    const level = heard.get(one) ?? 0
    return next.before.has(one) ? !isClearlyLouder(loudness, level) : isClearlyLouder(level, loudness)
  }
  const isOneOfThree = isSpeaking && speaking.filter(goesBefore).length < LOUDEST
  return { next, isSent: people <= VOICES_ALWAYS_OPEN || isOneOfThree }
}

/**
 * Between the lines that a tab opens for its voice, one to each listener. Among many most never speak, and lines of everybody to
 * everybody at once are more than small machines can do: they are made by and by, and at once when the person speaks.
 */
export function voiceLinePauseMs({ people, isSent }: { readonly people: number; readonly isSent: boolean }): number {
  return people <= VOICES_ALWAYS_OPEN || isSent ? LINE_EVERY_MS : LINE_IN_REST_EVERY_MS
}
