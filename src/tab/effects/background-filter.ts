/**
 * A camera whose background is blurred or replaced by a worker of its own, which goes with it. The picture is blurred as a whole
 * from the first frame on, until the worker tells people from what is behind them.
 */
import type { Clock } from '../../ports/clock.ts'
import { EFFECT_LOAD_MS, EFFECT_PING_MS } from '../../protocol/effects-limits.ts'
import type { Backdrop, BackgroundNews, BackgroundRequest } from '../../protocol/effects-worker.ts'
import { canTurnTracks, framesOf, trackOfFrames } from '../meeting/tracks-and-frames.ts'
import type { Filter, FilterNews, StartFilter } from './filter.ts'
import type { ShownBackdrop } from './shown-backdrop.ts'

type OwnStreams = { readonly frames: ReadableStream<VideoFrame>; readonly out: WritableStream<VideoFrame> }

export function startBackgroundFilter(clock: Clock, shown: ShownBackdrop): StartFilter {
  return (track, tell) => {
    if (canTurnTracks()) return new BackgroundWorker(clock, shown, track, tell)
    // Told after the filter is there: who asked for it is not ready for an answer yet.
    queueMicrotask(() => tell({ kind: 'failed', code: 'browser-lacking', detail: 'no streams of frames' }))
    return { out: undefined, close: () => {} }
  }
}

class BackgroundWorker implements Filter {
  readonly out: MediaStreamTrack
  readonly #worker: Worker
  readonly #clock: Clock
  readonly #shown: ShownBackdrop
  readonly #tell: (news: FilterNews) => void
  #isAnswered = true
  #cancelPing = () => {}
  readonly #cancelLoad: () => void

  constructor(clock: Clock, shown: ShownBackdrop, track: MediaStreamTrack, tell: (news: FilterNews) => void) {
    this.#clock = clock
    this.#shown = shown
    this.#tell = tell
    this.#worker = new Worker(new URL('../../../workers/background.worker.ts', import.meta.url), { type: 'module', name: 'background' })
    this.#worker.onmessage = ({ data }: MessageEvent<BackgroundNews>) => this.#hear(data)
    this.#worker.onerror = ({ message }) => this.#fail('effect-failed', `worker: ${message}`)
    const { track: out, frames: sink } = trackOfFrames()
    this.out = out
    shown.onChange = (backdrop) => this.#show(backdrop)
    this.#show(shown.current)
    this.#play({ frames: framesOf(track), out: sink })
    this.#cancelLoad = clock.after(EFFECT_LOAD_MS, () => this.#fail('effect-failed', 'the model did not load in time'))
  }

  close(): void {
    this.#cancelLoad()
    this.#cancelPing()
    this.#shown.onChange = () => {}
    this.#worker.terminate()
    this.out.stop()
  }

  #show(backdrop: Backdrop): void {
    this.#worker.postMessage({ t: 'show', backdrop } satisfies BackgroundRequest<OwnStreams>)
  }

  #play(streams: OwnStreams): void {
    const request: BackgroundRequest<OwnStreams> = { t: 'play', ...streams }
    this.#worker.postMessage(request, [streams.frames, streams.out])
  }

  #hear(news: BackgroundNews): void {
    if (news.t === 'pong') this.#isAnswered = true
    else if (news.t === 'failed') this.#fail('effect-failed', news.detail)
    else if (news.t === 'gave-up') this.#fail('effect-dropped', news.detail)
    else if (news.t === 'on') this.#begin()
  }

  #begin(): void {
    this.#cancelLoad()
    this.#ping()
    this.#tell({ kind: 'on' })
  }

  #ping(): void {
    if (!this.#isAnswered) {
      this.#fail('effect-dropped', 'the worker hangs')
      return
    }
    this.#isAnswered = false
    this.#worker.postMessage({ t: 'ping' } satisfies BackgroundRequest<OwnStreams>)
    this.#cancelPing = this.#clock.after(EFFECT_PING_MS, () => this.#ping())
  }

  #fail(code: 'effect-failed' | 'effect-dropped', detail: string): void {
    this.#tell({ kind: 'failed', code, detail })
  }
}
