/**
 * The own camera as its person sees it beside others. Alone it moves as the camera does; on a small tile among many, half of
 * what the device draws would be for the one picture that nobody watches.
 */
import type { MediaNews } from '../../protocol/media-worker.ts'
import type { MediaWorker } from './media-worker.ts'
import { trackOfFrames } from './tracks-and-frames.ts'

export class Mirror {
  readonly #media: MediaWorker
  #track: MediaStreamTrack | undefined
  #isFilled = false

  constructor(media: MediaWorker) {
    this.#media = media
  }

  /** Undefined until something is in it. */
  get track(): MediaStreamTrack | undefined {
    return this.#isFilled ? this.#track : undefined
  }

  /** Copies of the camera that is sent, whichever it is. */
  follow(isWanted: boolean): void {
    if (isWanted === (this.#track !== undefined)) return
    this.#track?.stop()
    this.#isFilled = false
    const filled = isWanted ? trackOfFrames() : undefined
    this.#track = filled?.track
    this.#media.post({ t: 'mirror', frames: filled?.frames })
  }

  /** True when there is something to be seen. */
  hear(news: MediaNews): boolean {
    if (news.t !== 'mirrors' || this.#track === undefined) return false
    this.#isFilled = true
    return true
  }
}
