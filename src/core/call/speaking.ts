/**
 * Loudness as people see it, and who is speaking. One loud moment (a door, a key) is not speech, and a pause between two
 * words does not end it.
 */
import { SPEAKING_END_MS, SPEAKING_START_MS } from '../../protocol/limits.ts'

export type Voice = {
  /** 0 to 1: rises at once, falls slowly, so that a meter can be read. */
  readonly level: number
  readonly isSpeaking: boolean
  /** Since when the sound says the opposite of `isSpeaking`. */
  readonly doubtSinceMs: number | undefined
}

export const SILENCE: Voice = { level: 0, isSpeaking: false, doubtSinceMs: undefined }

/** Between the two nothing changes: a voice near the border does not flicker. */
const LOUD_LEVEL = 0.25
const QUIET_LEVEL = 0.15

/** Quieter than this is nothing; speech near a microphone peaks near -20 dB. */
const FLOOR_DB = -60
const FALL_PER_SAMPLE = 0.7

/** `rms` of the samples since the last call, 0 to 1. */
export function hear(voice: Voice, rms: number, nowMs: number): Voice {
  const loudness = rms <= 0 ? 0 : Math.min(1, Math.max(0, 1 - (20 * Math.log10(rms)) / FLOOR_DB))
  const level = Math.max(loudness, voice.level * FALL_PER_SAMPLE)
  const isDoubtful = voice.isSpeaking ? loudness < QUIET_LEVEL : loudness > LOUD_LEVEL
  if (!isDoubtful) return { level, isSpeaking: voice.isSpeaking, doubtSinceMs: undefined }

  const doubtSinceMs = voice.doubtSinceMs ?? nowMs
  const patienceMs = voice.isSpeaking ? SPEAKING_END_MS : SPEAKING_START_MS
  if (nowMs - doubtSinceMs < patienceMs) return { level, isSpeaking: voice.isSpeaking, doubtSinceMs }
  return { level, isSpeaking: !voice.isSpeaking, doubtSinceMs: undefined }
}

/** What a level as people see it is of the amplitude, 0 to 1. */
export function amplitudeOf(level: number): number {
  return level <= 0 ? 0 : 10 ** ((FLOOR_DB * (1 - level)) / 20)
}
