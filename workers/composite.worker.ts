/** Draws all of a call on one picture, off the main thread: frames of tracks in, frames of one track out. */
import type { CompositeRequest } from '../src/protocol/composite-worker.ts'
import { Composition } from './composite/composition.ts'

declare const self: DedicatedWorkerGlobalScope

let composition: Composition | undefined

self.onmessage = ({ data }: MessageEvent<CompositeRequest<ReadableStream<VideoFrame>, WritableStream<VideoFrame>>>) => {
  switch (data.t) {
    case 'open':
      composition = new Composition(data.frames, data)
      return
    case 'source':
      composition?.open(data.source, data.frames)
      return
    case 'unsource':
      composition?.drop(data.source)
      return
    case 'tiles':
      composition?.arrange(data.tiles)
      return
    case 'close':
      composition?.close()
      self.close()
      return
    default:
      return data satisfies never
  }
}
