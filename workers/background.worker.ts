/** The background worker of a camera: its frames come in by a stream and go out by another, blurred or another where no person is. */
import type { BackgroundNews, BackgroundRequest } from '../src/protocol/effects-worker.ts'
import { BackdropPainter } from './background/backdrop-painter.ts'
import { BackgroundFilter } from './background/background-filter.ts'
import { PersonFinder } from './background/person-finder.ts'

declare const self: DedicatedWorkerGlobalScope

type OwnStreams = { readonly frames: ReadableStream<VideoFrame>; readonly out: WritableStream<VideoFrame> }

const painter = new BackdropPainter()
let finder: PersonFinder | undefined
const tell = (news: BackgroundNews) => self.postMessage(news)
const fail = (error: unknown) => tell({ t: 'failed', detail: String(error) })

PersonFinder.load().then((loaded) => {
  finder = loaded
  tell({ t: 'on' })
}, fail)

self.onmessage = ({ data }: MessageEvent<BackgroundRequest<OwnStreams>>) => {
  if (data.t === 'ping') tell({ t: 'pong' })
  else if (data.t === 'show') void painter.show(data.backdrop)
  else play(data)
}

/** One frame at a time: what comes meanwhile is dropped by the camera's stream and not queued here. */
function play({ frames, out }: OwnStreams): void {
  const filter = new BackgroundFilter(() => finder, painter, tell)
  const filtered = new TransformStream<VideoFrame, VideoFrame>(
    { transform: async (frame, controller) => controller.enqueue(await filter.filter(frame)) },
    { highWaterMark: 1 },
    { highWaterMark: 0 },
  )
  frames.pipeThrough(filtered).pipeTo(out).catch(fail)
}
