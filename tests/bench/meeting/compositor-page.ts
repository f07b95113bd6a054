/**
 * In a page: nine people of 360 lines at 15 pictures a second, decoded as they come in a call, drawn on one picture of 720 lines
 * by the real worker, and recorded by the real worker. One clip of the fake camera is encoded once and decoded nine times.
 */
import { arrangePicture } from '../../../src/core/record/arrange-picture.ts'
import type { DeviceId, TabId } from '../../../src/protocol/ids.ts'
import { RECORD_PIECE_MS } from '../../../src/protocol/limits.ts'
import type { RecordNews } from '../../../src/protocol/record-worker.ts'
import { framesOf, samplesOf, trackOfFrames } from '../../../src/tab/meeting/tracks-and-frames.ts'

const FPS = 15
const CLIP_FRAMES = 60
const SIZE = { width: 1280, height: 720 }

type Chunk = { readonly type: EncodedVideoChunkType; readonly data: Uint8Array<ArrayBuffer> }

/** The first is a key frame, so that it can begin again. */
async function encodeClip(): Promise<readonly Chunk[]> {
  const camera = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 360, frameRate: FPS } })
  const [track] = camera.getVideoTracks()
  if (track === undefined) throw new Error('no camera')
  const chunks: Chunk[] = []
  const encoder = new VideoEncoder({
    error: console.error,
    output: (chunk) => {
      const data = new Uint8Array(chunk.byteLength)
      chunk.copyTo(data)
      chunks.push({ type: chunk.type, data })
    },
  })
  encoder.configure({ codec: 'vp8', width: 640, height: 360, framerate: FPS, bitrate: 600_000, latencyMode: 'realtime' })
  const reader = framesOf(track).getReader()
  for (let n = 0; n < CLIP_FRAMES; n++) {
    const { value: frame } = await reader.read()
    if (frame === undefined) break
    encoder.encode(frame, { keyFrame: n === 0 })
    frame.close()
  }
  await encoder.flush()
  track.stop()
  return chunks
}

/** Decodes it over and over, at its pace. */
function play(clip: readonly Chunk[]): MediaStreamTrack {
  const { track, frames } = trackOfFrames()
  const writer = frames.getWriter()
  const decoder = new VideoDecoder({ error: console.error, output: (frame) => void writer.write(frame).catch(() => frame.close()) })
  decoder.configure({ codec: 'vp8' })
  let n = 0
  setInterval(() => {
    const chunk = clip[n % clip.length]
    if (chunk !== undefined) decoder.decode(new EncodedVideoChunk({ ...chunk, timestamp: Math.round((n * 1e6) / FPS) }))
    n++
  }, 1_000 / FPS)
  return track
}

class CompositorBench {
  #people: readonly MediaStreamTrack[] = []
  #recorder: Worker | undefined
  #bytes = 0
  #pieces: { readonly toMs: number; readonly bytes: number }[] = []

  async decode(count: number): Promise<void> {
    const clip = await encodeClip()
    this.#people = Array.from({ length: count }, () => play(clip))
    // Somebody has to take what is decoded, as an element does.
    for (const track of this.#people) void drain(track.clone())
  }

  compose(): MediaStreamTrack {
    const worker = new Worker('/composite.js', { type: 'module' })
    const { track, frames } = trackOfFrames()
    worker.postMessage({ t: 'open', frames, ...SIZE, fps: FPS }, [frames])
    const people = this.#people.map((_, n) => ({
      tab: `${n}` as TabId,
      device: `${n}` as DeviceId,
      name: `Person ${n + 1}`,
      hasCamera: true,
      hasScreen: false,
      isSpeaking: n === 4,
      isHidden: false,
    }))
    const tiles = arrangePicture({ people, show: undefined, layout: undefined, spotlight: [], large: [], spoke: [] }, SIZE)
    for (const [n, person] of this.#people.entries()) {
      const source = framesOf(person)
      worker.postMessage({ t: 'source', source: `${n}`, frames: source }, [source])
    }
    worker.postMessage({ t: 'tiles', tiles: tiles.map((tile) => ({ ...tile, source: tile.tab })) })
    return track
  }

  async record(track: MediaStreamTrack): Promise<void> {
    const microphone = await navigator.mediaDevices.getUserMedia({ audio: true })
    const [sound] = microphone.getAudioTracks()
    if (sound === undefined) throw new Error('no microphone')
    const recorder = new Worker('/record.js', { type: 'module' })
    recorder.onmessage = ({ data }: MessageEvent<RecordNews>) => {
      if (data.t === 'grown') this.#bytes = data.bytes
      if (data.t === 'piece') this.#pieces.push({ toMs: data.toMs, bytes: data.data.byteLength })
      if (data.t === 'broken') throw new Error(data.text)
    }
    const [video, audio] = [framesOf(track), samplesOf(sound)]
    recorder.postMessage({ t: 'begin', video, audio, ...SIZE, fps: FPS, pieceMs: RECORD_PIECE_MS }, [video, audio])
    this.#recorder = recorder
  }

  composeAndRecord(): Promise<void> {
    return this.record(this.compose())
  }

  get bytes(): number {
    return this.#bytes
  }

  /** What was recorded, whole. */
  async end(): Promise<{ readonly toMs: number; readonly bytes: number }> {
    this.#recorder?.postMessage({ t: 'end' })
    while (this.#pieces.length === 0) await new Promise((done) => setTimeout(done, 50))
    return this.#pieces[0] as { toMs: number; bytes: number }
  }
}

async function drain(track: MediaStreamTrack): Promise<void> {
  const reader = framesOf(track).getReader()
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return
    value.close()
  }
}

export type { CompositorBench }

Object.assign(globalThis, { compositor: new CompositorBench() })
