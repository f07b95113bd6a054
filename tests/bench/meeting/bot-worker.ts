/**
 * The real media worker with two engines exchanged, since two cores cannot encode and decode for thirty: the encoder gives frames that
 * a real one made of the camera before, in the order and the layers it made them, and the decoder only notes that a frame came whose picture
 * could be shown, and when. Who is to decode fully has the browser's own behind the note. All between is as in the app.
 */
import type { BotNoted, BotRequest, Recording } from './bots-page.ts'

/** Of both: one is sent about every sixth of a second. */
const KEPT = 100_000

const sent: { readonly layer: keyof Recording; readonly atMs: number }[] = []
const came: { readonly capturedMs: number; readonly delayMs: number }[] = []
let recording: Recording = { thumb: [], main: [] }
let isDecoding = false

class ReplayEncoder {
  readonly encodeQueueSize = 0
  readonly #output: EncodedVideoChunkOutputCallback
  state: CodecState = 'unconfigured'
  #layer: keyof Recording = 'thumb'
  #at = -1

  constructor({ output }: VideoEncoderInit) {
    this.#output = output
  }

  configure({ height }: VideoEncoderConfig): void {
    this.state = 'configured'
    this.#layer = height <= 90 ? 'thumb' : 'main'
  }

  /** From the end it goes on with the beginning, which is a key frame. */
  encode({ timestamp }: VideoFrame, options?: VideoEncoderEncodeOptions): void {
    const frames = recording[this.#layer]
    this.#at = options?.keyFrame === true ? 0 : (this.#at + 1) % frames.length
    const frame = frames[this.#at]
    if (frame === undefined) return
    if (sent.length < KEPT) sent.push({ layer: this.#layer, atMs: Date.now() })
    const { isKey, temporal, data } = frame
    const chunk = new EncodedVideoChunk({ type: isKey ? 'key' : 'delta', timestamp, data })
    queueMicrotask(() => this.#output(chunk, { svc: { temporalLayerId: temporal } }))
  }

  close(): void {
    this.state = 'closed'
  }
}

const RealDecoder = VideoDecoder

class NotingDecoder extends RealDecoder {
  override configure(config: VideoDecoderConfig): void {
    if (isDecoding) super.configure(config)
  }

  /** `timestamp` is the source's wall clock, its low 32 bits. */
  override decode(chunk: EncodedVideoChunk): void {
    const nowMs = Date.now()
    const delayMs = ((nowMs >>> 0) - Math.round(chunk.timestamp / 1000)) | 0
    if (came.length < KEPT) came.push({ capturedMs: nowMs - delayMs, delayMs })
    if (isDecoding) super.decode(chunk)
  }
}

Object.assign(globalThis, { VideoEncoder: ReplayEncoder, VideoDecoder: NotingDecoder })

addEventListener('message', (event: MessageEvent<BotRequest>) => {
  const { data } = event
  if (!('bot' in data)) return
  event.stopImmediatePropagation()
  switch (data.bot) {
    case 'begin':
      recording = data.recording
      isDecoding = data.isDecoding
      break
    case 'publish':
      tell({ t: 'publish', view: 'camera', frames: cameraOf(data.fps), track: 'camera' })
      break
    case 'watch':
      tell({ t: 'sink', source: data.source, view: 'camera', frames: new WritableStream({ write: (frame: VideoFrame) => frame.close() }) })
      break
    case 'take':
      postMessage(notedBetween(data.fromMs, data.untilMs))
      break
    default:
      data satisfies never
  }
})

/** Pictures of nothing: only their times and their size count. */
function cameraOf(fps: number): ReadableStream<VideoFrame> {
  const canvas = new OffscreenCanvas(2, 2)
  canvas.getContext('2d')?.fillRect(0, 0, 2, 2)
  return new ReadableStream({
    start(controller) {
      setInterval(() => {
        const timestamp = Math.round(performance.now() * 1000)
        controller.enqueue(new VideoFrame(canvas, { timestamp, displayWidth: 640, displayHeight: 360 }))
      }, 1000 / fps)
    },
  })
}

function tell(request: object): void {
  self.onmessage?.call(self, new MessageEvent('message', { data: request }))
}

function notedBetween(fromMs: number, untilMs: number): BotNoted {
  const isWithin = (ms: number) => ms >= fromMs && ms < untilMs
  const count = (layer: keyof Recording) => sent.filter((one) => one.layer === layer && isWithin(one.atMs)).length
  const delays = came.filter(({ capturedMs }) => isWithin(capturedMs)).map(({ delayMs }) => delayMs)
  return { bot: 'noted', sent: { thumb: count('thumb'), main: count('main') }, delays }
}

const WORKER = '/worker.js'
await import(/* @vite-ignore */ WORKER)
postMessage({ bot: 'ready' })
