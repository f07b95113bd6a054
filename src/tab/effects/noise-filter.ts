/**
 * A microphone without the noise around it: RNNoise in an AudioWorklet, so off the main thread. Before it gets the microphone it
 * has to let a test tone through; until then, and when it does not, the microphone goes out as it is.
 */
import { loadRnnoise, RnnoiseWorkletNode } from '@sapphi-red/web-noise-suppressor'
import wasmUrl from '@sapphi-red/web-noise-suppressor/rnnoise.wasm?url'
import simdUrl from '@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm?url'
import workletUrl from '@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js?url'
import type { Clock } from '../../ports/clock.ts'
import { EFFECT_NOISE_READY_MS } from '../../protocol/effects-limits.ts'
import type { Filter, FilterNews, StartFilter } from './filter.ts'

/** RNNoise knows no other. */
const SAMPLES_PER_SECOND = 48_000
const LOOK_MS = 20

export function startNoiseFilter(clock: Clock): StartFilter {
  return (track, tell) => new NoiseFilter(clock, track, tell)
}

class NoiseFilter implements Filter {
  out: MediaStreamTrack | undefined
  readonly #clock: Clock
  readonly #track: MediaStreamTrack
  #context: AudioContext | undefined
  #node: RnnoiseWorkletNode | undefined

  constructor(clock: Clock, track: MediaStreamTrack, tell: (news: FilterNews) => void) {
    this.#clock = clock
    this.#track = track
    this.#start().then(
      () => tell({ kind: 'on' }),
      (error: unknown) => tell({ kind: 'failed', code: 'effect-failed', detail: String(error) }),
    )
  }

  close(): void {
    this.out?.stop()
    this.#node?.destroy()
    const context = this.#context
    this.#context = undefined
    void context?.close().catch(() => {})
  }

  async #start(): Promise<void> {
    // Of all ways measured the quickest: paced by a speaker, though nothing is played, it adds 20 ms; without one, or asked to hurry, up to three times that.
    const context = new AudioContext({ sampleRate: SAMPLES_PER_SECOND, latencyHint: 'interactive' })
    this.#context = context
    const [wasmBinary] = await Promise.all([loadRnnoise({ url: wasmUrl, simdUrl }), context.audioWorklet.addModule(workletUrl)])
    this.#assertOpen(context)
    const node = new RnnoiseWorkletNode(context, { maxChannels: 1, wasmBinary })
    node.channelCount = 1
    node.channelCountMode = 'explicit'
    this.#node = node
    const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 })
    node.connect(destination)
    await this.#letsThrough(context, node)
    context.createMediaStreamSource(new MediaStream([this.#track])).connect(node)
    this.out = destination.stream.getAudioTracks()[0]
  }

  /** A tone as deep and rich as a voice, until something of it comes out. Time counts while the browser lets sound run at all. */
  async #letsThrough(context: AudioContext, node: AudioNode): Promise<void> {
    const tone = new OscillatorNode(context, { type: 'sawtooth', frequency: 150 })
    const analyser = new AnalyserNode(context, { fftSize: 2048 })
    tone.connect(node).connect(analyser)
    tone.start()
    const samples = new Float32Array(analyser.fftSize)
    do {
      if (context.state !== 'running') void context.resume().catch(() => {})
      await new Promise<void>((resolve) => this.#clock.after(LOOK_MS, resolve))
      this.#assertOpen(context)
      if (context.currentTime * 1_000 > EFFECT_NOISE_READY_MS) throw new Error('nothing comes out')
      analyser.getFloatTimeDomainData(samples)
    } while (samples.every((sample) => sample === 0))
    tone.disconnect()
    node.disconnect(analyser)
  }

  #assertOpen(context: AudioContext): void {
    if (this.#context !== context) throw new Error('closed meanwhile')
  }
}
