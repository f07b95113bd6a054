/** The worker that draws the picture of a composite, with a stream of frames for each track that is drawn. */
import type { CompositeRequest, DrawnTile, PictureTile } from '../../protocol/composite-worker.ts'
import { framesOf, trackOfFrames } from '../meeting/tracks-and-frames.ts'

type Request = CompositeRequest<ReadableStream<VideoFrame>, WritableStream<VideoFrame>>
type Shape = { readonly width: number; readonly height: number; readonly fps: number }

/** A tile with the track that is to be seen on it; undefined: it has not come yet. */
export type TileWithTrack = PictureTile & { readonly track: MediaStreamTrack | undefined }

export class PictureWorker {
  readonly track: MediaStreamTrack
  readonly #worker: Worker
  readonly #sources = new Map<string, MediaStreamTrack>()
  #said = ''

  constructor(shape: Shape) {
    this.#worker = new Worker(new URL('../../../workers/composite.worker.ts', import.meta.url), { type: 'module', name: 'composite' })
    const { track, frames } = trackOfFrames()
    this.track = track
    this.#post({ t: 'open', frames, ...shape }, frames)
  }

  /** Told only when it differs. */
  show(tiles: readonly TileWithTrack[]): void {
    const drawn = tiles.map(({ track, ...tile }): DrawnTile => ({ ...tile, source: track === undefined ? '' : sourceOf(tile) }))
    const kept = new Set(drawn.map(({ source }) => source))
    for (const source of this.#sources.keys()) if (!kept.has(source)) this.#drop(source)
    tiles.forEach((tile, at) => {
      const source = drawn[at]?.source ?? ''
      if (tile.track?.readyState === 'live' && this.#sources.get(source) !== tile.track) this.#open(source, tile.track)
    })
    const said = JSON.stringify(drawn)
    if (said === this.#said) return
    this.#said = said
    this.#post({ t: 'tiles', tiles: drawn })
  }

  close(): void {
    this.#post({ t: 'close' })
    this.track.stop()
  }

  #open(source: string, track: MediaStreamTrack): void {
    this.#sources.set(source, track)
    const frames = framesOf(track)
    this.#post({ t: 'source', source, frames }, frames)
  }

  #drop(source: string): void {
    this.#sources.delete(source)
    this.#post({ t: 'unsource', source })
  }

  #post(request: Request, ...transfer: readonly (ReadableStream | WritableStream)[]): void {
    this.#worker.postMessage(request, [...transfer])
  }
}

function sourceOf({ tab, view }: PictureTile): string {
  return `${tab} ${view}`
}
