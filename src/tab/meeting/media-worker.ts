/** The media worker of this tab: one for the life of a room, started with the first call. */
import type { MediaNews, MediaRequest } from '../../protocol/media-worker.ts'

export type Browser = { readonly channel: RTCDataChannel; readonly readable: ReadableStream; readonly writable: WritableStream }
export type Request = MediaRequest<Browser>

export class MediaWorker {
  /** For transforms, which name the worker they run in. */
  readonly worker: Worker
  readonly #listeners = new Set<(news: MediaNews) => void>()

  constructor(signal: AbortSignal) {
    this.worker = new Worker(new URL('../../../workers/media.worker.ts', import.meta.url), { type: 'module', name: 'media' })
    this.worker.onmessage = ({ data }: MessageEvent<MediaNews>) => {
      for (const listener of [...this.#listeners]) listener(data)
    }
    signal.addEventListener('abort', () => this.worker.terminate())
  }

  post(request: Request): void {
    this.worker.postMessage(request, transfersOf(request))
  }

  onNews(listener: (news: MediaNews) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The first news of this kind; undefined when it did not come in time. */
  first<T extends MediaNews['t']>(t: T, waitMs: number): Promise<Extract<MediaNews, { t: T }> | undefined> {
    return new Promise((resolve) => {
      const end = (news: Extract<MediaNews, { t: T }> | undefined) => {
        stop()
        clearTimeout(timer)
        resolve(news)
      }
      const timer = setTimeout(() => end(undefined), waitMs)
      const stop = this.onNews((news) => {
        if (news.t === t) end(news as Extract<MediaNews, { t: T }>)
      })
    })
  }
}

function transfersOf(request: Request): Transferable[] {
  if ('channel' in request) return [request.channel as unknown as Transferable]
  if ('streams' in request) return [request.streams.readable, request.streams.writable]
  return 'frames' in request && request.frames !== undefined ? [request.frames] : []
}
