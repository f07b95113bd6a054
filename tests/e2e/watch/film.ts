/** A film whose every frame carries its number in black and white cells, with a steady tone: encoded by the browser, faster than it plays. */
import type { Page } from '@playwright/test'
import { type Frame, writeWebm } from './webm.ts'

export const FILM_MS = 60_000
export const FRAME_MS = 40
const WIDTH = 320
const HEIGHT = 180
/** Enough for every frame. */
export const FILM_BITS = 12

export async function makeFilm(page: Page): Promise<Buffer> {
  const encoded = await page.evaluate(encode, { width: WIDTH, height: HEIGHT, ms: FILM_MS, frameMs: FRAME_MS, bits: FILM_BITS })
  const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'))
  const frames = encoded.frames.map(([track, atMs, isKey, bytes]): Frame => ({ track, atMs, isKey, bytes: bytesOf(bytes) }))
  return writeWebm({ frames, durationMs: FILM_MS, width: WIDTH, height: HEIGHT, opusHead: bytesOf(encoded.opusHead) })
}

type Encoded = { frames: [track: 1 | 2, atMs: number, isKey: boolean, bytes: string][]; opusHead: string }

/** Runs in the page. */
async function encode({
  width,
  height,
  ms,
  frameMs,
  bits,
}: Record<'width' | 'height' | 'ms' | 'frameMs' | 'bits', number>): Promise<Encoded> {
  const frames: Encoded['frames'] = []
  let opusHead = ''
  const base64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  const keep = (track: 1 | 2) => (chunk: EncodedVideoChunk | EncodedAudioChunk) => {
    const bytes = new Uint8Array(chunk.byteLength)
    chunk.copyTo(bytes)
    frames.push([track, chunk.timestamp / 1_000, chunk.type === 'key', base64(bytes)])
  }
  const error = (cause: unknown) => {
    throw cause
  }
  const pictures = new VideoEncoder({ output: keep(1), error })
  pictures.configure({ codec: 'vp8', width, height, bitrate: 300_000, framerate: 1_000 / frameMs, latencyMode: 'realtime' })
  const canvas = new OffscreenCanvas(width, height)
  const brush = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
  for (let n = 0; n * frameMs < ms; n++) {
    brush.fillStyle = `hsl(${n % 360} 60% 40%)`
    brush.fillRect(0, 0, width, height)
    for (let bit = 0; bit < bits; bit++) {
      brush.fillStyle = (n >> bit) & 1 ? '#fff' : '#000'
      brush.fillRect((bit * width) / bits, 0, width / bits, height / 3)
    }
    const frame = new VideoFrame(canvas, { timestamp: n * frameMs * 1_000 })
    pictures.encode(frame, { keyFrame: (n * frameMs) % 1_000 === 0 })
    frame.close()
    if (pictures.encodeQueueSize > 20) await new Promise((done) => pictures.addEventListener('dequeue', done, { once: true }))
  }
  await pictures.flush()
  const sounds = new AudioEncoder({
    output: (chunk, metadata) => {
      const head = metadata?.decoderConfig?.description
      if (head !== undefined) opusHead = base64(new Uint8Array(head instanceof ArrayBuffer ? head : (head as Uint8Array).buffer))
      keep(2)(chunk)
    },
    error,
  })
  sounds.configure({ codec: 'opus', sampleRate: 48_000, numberOfChannels: 1, bitrate: 32_000 })
  for (let at = 0; at < ms / 1_000; at++) {
    const data = Float32Array.from({ length: 48_000 }, (_, n) => 0.2 * Math.sin((2 * Math.PI * 330 * n) / 48_000))
    sounds.encode(
      new AudioData({ format: 'f32', sampleRate: 48_000, numberOfFrames: 48_000, numberOfChannels: 1, timestamp: at * 1e6, data }),
    )
  }
  await sounds.flush()
  return { frames, opusHead }
}
