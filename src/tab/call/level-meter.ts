/** Listens to a microphone track, ten times a second. A timer, not an animation frame: hidden tabs speak too. */
import { hear, SILENCE, type Voice } from '../../core/call/speaking.ts'
import type { Clock } from '../../ports/clock.ts'
import { LEVEL_TOLD_MS } from '../../protocol/limits.ts'

export class LevelMeter {
  voice: Voice = SILENCE
  readonly #clock: Clock
  readonly #onChange: () => void
  #track: MediaStreamTrack | undefined
  #stop = () => {}

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock
    this.#onChange = onChange
  }

  /** undefined for a muted or absent microphone. */
  listenTo(track: MediaStreamTrack | undefined): void {
    if (track === this.#track) return
    this.#stop()
    this.#track = track
    this.#stop = track === undefined ? () => {} : this.#listen(track)
    if (track === undefined && this.voice !== SILENCE) {
      this.voice = SILENCE
      this.#onChange()
    }
  }

  #listen(track: MediaStreamTrack): () => void {
    const context = listeningContext()
    const source = context.createMediaStreamSource(new MediaStream([track]))
    const analyser = context.createAnalyser()
    // 64 ms at 8 kHz, 85 at 48: most of the time between two looks.
    analyser.fftSize = context.sampleRate < 16_000 ? 512 : 4096
    source.connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    let cancel = () => {}
    const measure = () => {
      // Made before the first click it starts suspended; asking again costs nothing.
      if (context.state === 'suspended') void context.resume().catch(() => {})
      analyser.getFloatTimeDomainData(samples)
      this.#hear(rootMeanSquare(samples))
      cancel = this.#clock.after(LEVEL_TOLD_MS, measure)
    }
    measure()
    return () => {
      cancel()
      source.disconnect()
      void context.close().catch(() => {})
    }
  }

  #hear(rms: number): void {
    const before = this.voice
    this.voice = hear(before, rms, this.#clock.monotonicMs())
    const isSeen = Math.abs(this.voice.level - before.level) > 0.01 || this.voice.isSpeaking !== before.isSpeaking
    if (isSeen) this.#onChange()
  }
}

/**
 * Enough for the loudness of speech, and no way out to a speaker: the usual context keeps an output device awake for nothing.
 * Engines that take a microphone at its own rate only get theirs.
 */
function listeningContext(): AudioContext {
  const options: AudioContextOptions & { readonly sinkId: { readonly type: 'none' } } = { sampleRate: 8_000, sinkId: { type: 'none' } }
  return 'setSinkId' in AudioContext.prototype ? new AudioContext(options) : new AudioContext()
}

function rootMeanSquare(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return Math.sqrt(sum / samples.length)
}
