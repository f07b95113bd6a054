/** Whether the voice of this tab leaves, and how hastily lines are made for it. */
import { hearLevel, type Loudness, loudnessAt } from '../../core/call/frames/choose-loudest.ts'
import { amplitudeOf } from '../../core/call/speaking.ts'
import { closedGate, stepVoiceGate, type VoiceScene, voiceLinePauseMs } from '../../core/call/voice-gate.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MediaId } from '../../protocol/media.ts'

export type OwnVoiceScene = Omit<VoiceScene<MediaId>, 'loudness'> & {
  /** As its person sees it, 0 to 1. */
  readonly level: number
}

export class OwnVoiceGate {
  readonly #clock: Clock
  #gate = closedGate<MediaId>()
  #loudness: Loudness | undefined
  #people = 1
  #isOpen = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** What is between two lines for this tab's voice, now. */
  get linePauseMs(): number {
    return voiceLinePauseMs({ people: this.#people, isSent: this.#isOpen })
  }

  isSent({ level, ...scene }: OwnVoiceScene): boolean {
    const nowMs = this.#clock.monotonicMs()
    this.#loudness = hearLevel(this.#loudness, amplitudeOf(level), nowMs)
    const { next, isSent } = stepVoiceGate(this.#gate, { ...scene, loudness: loudnessAt(this.#loudness, nowMs) })
    this.#gate = next
    this.#people = scene.people
    this.#isOpen = isSent
    return isSent
  }
}
