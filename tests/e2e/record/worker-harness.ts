/** The workers of a recording with pictures and sounds whose times are known, given no faster than they are taken: none is lost on the way in. */
import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input, type InputTrack } from 'mediabunny'
import type { DrawnTile } from '../../../src/protocol/composite-worker.ts'
import type { RecordNews } from '../../../src/protocol/record-worker.ts'

export type Piece = {
  readonly fromMs: number
  readonly toMs: number
  /** Times within the piece, as a player reads them, and whether the first is a key frame. */
  readonly pictures: readonly number[]
  readonly sounds: readonly number[]
  readonly beginsWithKey: boolean
  readonly codecs: readonly (string | null)[]
  /** What an element makes of it: seconds, and the colour at its end. */
  readonly seconds: number
  readonly lastColour: readonly number[]
  readonly soundSeconds: number
}

const SOUND_MS = 10
const SAMPLES_PER_SECOND = 48_000

class Harness {
  /** So many pictures of one colour each, with a tone as long as they last; given in about half of their time. */
  async recordFrames(count: number, fps: number, pieceMs: number): Promise<readonly Piece[]> {
    const [width, height] = [320, 180]
    const worker = new Worker('/record.js', { type: 'module' })
    const pieces: Extract<RecordNews, { t: 'piece' }>[] = []
    const over = new Promise<void>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<RecordNews>) => {
        if (data.t === 'piece') pieces.push(data)
        if (data.t === 'ended') resolve()
        if (data.t === 'broken') reject(new Error(data.text))
      }
    })
    const [video, audio] = [paced(pictures(count, fps, width, height), 500 / fps), paced(tone((count * 1_000) / fps), SOUND_MS / 2)]
    const streams = [video.readable, audio.readable] as const
    worker.postMessage({ t: 'begin', video: streams[0], audio: streams[1], width, height, fps, pieceMs }, [...streams])
    await Promise.all([video.given, audio.given])
    worker.postMessage({ t: 'end' })
    await over
    return Promise.all(pieces.map(readPiece))
  }

  /** The picture that the worker makes of one frame for each tile: the colours at some places of it. */
  async compose(tiles: readonly (DrawnTile & { readonly frame: Shown | undefined })[], places: readonly (readonly [number, number])[]) {
    const { worker, reader } = openComposition()
    for (const { source, frame } of tiles) {
      if (frame === undefined) continue
      const given = new ReadableStream<VideoFrame>({ start: (controller) => controller.enqueue(frameOf(frame)) })
      worker.postMessage({ t: 'source', source, frames: given }, [given])
    }
    worker.postMessage({ t: 'tiles', tiles: tiles.map(({ frame: _, ...tile }) => tile) })
    const context = new OffscreenCanvas(1280, 720).getContext('2d') as OffscreenCanvasRenderingContext2D
    // The first is drawn before all frames have come; once a second there is one anyway.
    for (let n = 0; n < 4; n++) {
      const { value } = await reader.read()
      if (value === undefined) break
      context.drawImage(value, 0, 0)
      value.close()
    }
    worker.postMessage({ t: 'close' })
    return places.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3))
  }

  /**
   * A tile whose camera gives way to another: the colours of its middle from when the other one is there on, which gives its
   * first frame only after some of them.
   */
  async exchange(tile: DrawnTile, shown: Shown, other: Shown): Promise<readonly (readonly number[])[]> {
    const { worker, reader } = openComposition()
    const context = new OffscreenCanvas(1280, 720).getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
    const open = () => {
      const frames = new TransformStream<VideoFrame, VideoFrame>(undefined, { highWaterMark: 1 }, { highWaterMark: 1 })
      worker.postMessage({ t: 'source', source: tile.source, frames: frames.readable }, [frames.readable])
      return frames.writable.getWriter()
    }
    const look = async (pictures: number) => {
      const seen: number[][] = []
      for (let n = 0; n < pictures; n++) {
        const { value } = await reader.read()
        if (value === undefined) break
        context.drawImage(value, 0, 0)
        value.close()
        seen.push([...context.getImageData(tile.x + tile.width / 2, tile.y + tile.height / 3, 1, 1).data].slice(0, 3))
      }
      return seen
    }
    const camera = open()
    await camera.write(frameOf(shown))
    worker.postMessage({ t: 'tiles', tiles: [tile] })
    await look(3)
    const another = open()
    worker.postMessage({ t: 'tiles', tiles: [{ ...tile, isSpeaking: true }] })
    const between = await look(2)
    await another.write(frameOf(other))
    const after = await look(2)
    worker.postMessage({ t: 'close' })
    return [...between, ...after]
  }
}

function openComposition(): { readonly worker: Worker; readonly reader: ReadableStreamDefaultReader<VideoFrame> } {
  const worker = new Worker('/composite.js', { type: 'module' })
  const out = new TransformStream<VideoFrame, VideoFrame>(undefined, { highWaterMark: 1 }, { highWaterMark: 1 })
  worker.postMessage({ t: 'open', frames: out.writable, width: 1280, height: 720, fps: 15 }, [out.writable])
  return { worker, reader: out.readable.getReader() }
}

/** A frame of one colour, in the form that is named. */
export type Shown = { readonly form: 'I420' | 'NV12' | 'RGBX' | 'canvas'; readonly colour: readonly [number, number, number] }

function frameOf({ form, colour: [r, g, b] }: Shown): VideoFrame {
  const [width, height] = [64, 36]
  if (form === 'canvas') {
    const context = new OffscreenCanvas(width, height).getContext('2d') as OffscreenCanvasRenderingContext2D
    context.fillStyle = `rgb(${r} ${g} ${b})`
    context.fillRect(0, 0, width, height)
    return new VideoFrame(context.canvas, { timestamp: 0 })
  }
  const init = { codedWidth: width, codedHeight: height, timestamp: 0 }
  if (form === 'RGBX') {
    const pixels = Uint8Array.from({ length: 4 * width * height }, (_, n) => [r, g, b, 255][n % 4] as number)
    return new VideoFrame(pixels, { ...init, format: 'RGBX' })
  }
  const y = 16 + (66 * r + 129 * g + 25 * b) / 256
  const [u, v] = [128 + (-38 * r - 74 * g + 112 * b) / 256, 128 + (112 * r - 94 * g - 18 * b) / 256]
  const [bright, small] = [width * height, (width * height) / 4]
  const bytes = new Uint8Array(bright + 2 * small).fill(y, 0, bright)
  for (let n = 0; n < small; n++) {
    bytes[bright + (form === 'I420' ? n : 2 * n)] = u
    bytes[bright + (form === 'I420' ? small + n : 2 * n + 1)] = v
  }
  const colorSpace = { matrix: 'smpte170m', primaries: 'smpte170m', transfer: 'smpte170m', fullRange: false } as const
  return new VideoFrame(bytes, { ...init, format: form, colorSpace })
}

/** Gives one after the other, and no faster than they are taken. */
function paced<T>(all: Iterable<T>, pauseMs: number): { readonly readable: ReadableStream<T>; readonly given: Promise<void> } {
  const { readable, writable } = new TransformStream<T, T>(undefined, { highWaterMark: 1 }, { highWaterMark: 0 })
  const writer = writable.getWriter()
  const give = async () => {
    for (const one of all) {
      await writer.ready
      await writer.write(one)
      await new Promise((done) => setTimeout(done, pauseMs))
    }
  }
  return { readable, given: give() }
}

function* pictures(count: number, fps: number, width: number, height: number): Iterable<VideoFrame> {
  const context = new OffscreenCanvas(width, height).getContext('2d') as OffscreenCanvasRenderingContext2D
  for (let n = 0; n < count; n++) {
    context.fillStyle = `rgb(${n % 2 === 0 ? '200 0 0' : '0 0 200'})`
    context.fillRect(0, 0, width, height)
    yield new VideoFrame(context.canvas, { timestamp: Math.round((n * 1e6) / fps) })
  }
}

function* tone(ms: number): Iterable<AudioData> {
  const numberOfFrames = (SAMPLES_PER_SECOND * SOUND_MS) / 1_000
  for (let atMs = 0; atMs < ms; atMs += SOUND_MS) {
    const first = (SAMPLES_PER_SECOND * atMs) / 1_000
    const data = Float32Array.from(
      { length: numberOfFrames },
      (_, n) => 0.3 * Math.sin((2 * Math.PI * 440 * (first + n)) / SAMPLES_PER_SECOND),
    )
    yield new AudioData({
      format: 'f32',
      sampleRate: SAMPLES_PER_SECOND,
      numberOfFrames,
      numberOfChannels: 1,
      timestamp: atMs * 1_000,
      data,
    })
  }
}

async function readPiece({ fromMs, toMs, data }: Extract<RecordNews, { t: 'piece' }>): Promise<Piece> {
  const blob = new Blob([data], { type: 'video/webm' })
  const input = new Input({ formats: ALL_FORMATS, source: new BlobSource(blob) })
  const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()]
  const [pictures, sounds] = [await packetsOf(video), await packetsOf(audio)]
  const element = Object.assign(document.createElement('video'), { muted: true, src: URL.createObjectURL(blob) })
  await new Promise((done, fail) => {
    element.onloadeddata = done
    element.onerror = () => fail(new Error(element.error?.message))
  })
  await new Promise((done) => {
    element.onseeked = done
    element.currentTime = pictures.at(-1)?.atMs === undefined ? 0 : (pictures.at(-1)?.atMs as number) / 1_000 + 0.001
  })
  const context = new OffscreenCanvas(1, 1).getContext('2d') as OffscreenCanvasRenderingContext2D
  context.drawImage(element, 0, 0, 1, 1)
  const sound = await new OfflineAudioContext(1, SAMPLES_PER_SECOND, SAMPLES_PER_SECOND).decodeAudioData(data.slice(0))
  return {
    fromMs,
    toMs,
    pictures: pictures.map(({ atMs }) => atMs),
    sounds: sounds.map(({ atMs }) => atMs),
    beginsWithKey: pictures[0]?.isKey === true,
    codecs: [video?.codec ?? null, audio?.codec ?? null],
    seconds: element.duration,
    lastColour: [...context.getImageData(0, 0, 1, 1).data].slice(0, 3),
    soundSeconds: sound.duration,
  }
}

async function packetsOf(track: InputTrack | null): Promise<{ readonly atMs: number; readonly isKey: boolean }[]> {
  if (track === null) return []
  const found = []
  for await (const packet of new EncodedPacketSink(track).packets())
    found.push({ atMs: Math.round(packet.timestamp * 1_000), isKey: packet.type === 'key' })
  return found
}

export type RecordHarness = Harness

Object.assign(globalThis, { record: new Harness() })
