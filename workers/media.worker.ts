/** The media worker of a tab: every frame, key and queue of its calls, off the main thread. Requests in, news out; frames go by streams. */
import type { MediaNews, MediaRequest, TransformOptions } from '../src/protocol/media-worker.ts'
import { MediaRoom } from './media/media-room.ts'
import type { Objects } from './media/objects.ts'

declare const self: DedicatedWorkerGlobalScope

const room = new MediaRoom((news: MediaNews) => self.postMessage(news))

self.onmessage = ({ data }: MessageEvent<MediaRequest<Objects>>) => room.handle(data)

self.onrtctransform = ({ transformer }) => {
  room.attach(transformer.options as TransformOptions, { readable: transformer.readable, writable: transformer.writable })
}
