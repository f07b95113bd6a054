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
