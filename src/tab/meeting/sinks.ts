/** The pictures that come, as tracks for elements. A track lives as long as its picture is wanted; what is in it is the worker's matter. */
import type { Layer, MediaId } from '../../protocol/media.ts'
import { type MediaNews, type View, viewOf, type Want } from '../../protocol/media-worker.ts'
import type { MediaWorker } from './media-worker.ts'
import { trackOfFrames } from './tracks-and-frames.ts'

export type Picture = { readonly track: MediaStreamTrack; readonly layer: Layer | undefined; readonly from: MediaId | undefined }
type Kept = { source: MediaId; view: View; picture: Picture }

export class Sinks {
  readonly #media: MediaWorker
  readonly #kept = new Map<string, Kept>()

  constructor(media: MediaWorker) {
    this.#media = media
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0
  }

  /** Undefined while nothing is to be seen yet. */
  get(source: MediaId, view: View): Picture | undefined {
    const picture = this.#kept.get(keyOf(source, view))?.picture
    return picture?.layer === undefined ? undefined : picture
  }

  follow(wants: readonly Want[]): void {
    const shown = wants.filter(({ isShown, layer }) => isShown && viewOf(layer) !== undefined)
    const keys = new Set(shown.map(({ source, layer }) => keyOf(source, viewOf(layer) as View)))
    for (const [key, { source, view, picture }] of this.#kept) {
      if (keys.has(key)) continue
      this.#kept.delete(key)
      this.#media.post({ t: 'unsink', source, view })
      picture.track.stop()
    }
    for (const { source, layer } of shown) this.#open(source, viewOf(layer) as View)
  }

  /** True when something to be seen changed. */
  hear(news: MediaNews): boolean {
    if (news.t !== 'shows') return false
    const kept = this.#kept.get(keyOf(news.source, news.view))
    if (kept === undefined) return false
    kept.picture = { track: kept.picture.track, layer: news.layer, from: news.from }
    return true
  }

  #open(source: MediaId, view: View): void {
    const key = keyOf(source, view)
    if (this.#kept.has(key)) return
    const { track, frames } = trackOfFrames()
    this.#kept.set(key, { source, view, picture: { track, layer: undefined, from: undefined } })
    this.#media.post({ t: 'sink', source, view, frames })
  }
}

function keyOf(source: MediaId, view: View): string {
  return `${source} ${view}`
}
