/**
 * One layer of a picture: VP8 with three temporal layers, so that whoever forwards it may leave out a half or three
 * quarters of the frames. Chromium scales each frame to the size that is set here.
 */
import { encoderRate, keyEvery } from '../../src/core/call/frames/encoder-rate.ts'
import { KEY_PAUSE_MS } from '../../src/protocol/limits.ts'
import type { LayerProfile } from '../../src/protocol/media-worker.ts'
import { nextDueUs } from './pace.ts'

/** More than this in the encoder means that it is too slow for the camera: the next frame is left out. */
const FRAMES_ENCODING = 2

/** An encoder that fails at once would be made anew with each frame. */
const ANEW_MS = 1_000

export type EncodedFrame = {
  readonly chunk: EncodedVideoChunk
  readonly temporal: number
}

export class LayerEncoder {
  #profile: LayerProfile
  readonly #encoded: (frame: EncodedFrame) => void
  readonly #failed: (cause: unknown) => void
  #encoder: VideoEncoder | undefined
  #size = ''
  #rate: number
  #configuredRate = 0
  #dueUs: number | undefined
  #keyAtMs = Number.NEGATIVE_INFINITY
  #failedAtMs = Number.NEGATIVE_INFINITY
  #isKeyWanted = true

  constructor(profile: LayerProfile, encoded: (frame: EncodedFrame) => void, failed: (cause: unknown) => void) {
    this.#profile = profile
    this.#rate = profile.bitsPerSecond
    this.#encoded = encoded
    this.#failed = failed
  }

  set profile(profile: LayerProfile) {
    this.#profile = profile
    this.#rate = Math.min(this.#rate, profile.bitsPerSecond)
    this.#size = ''
  }

  /** What the hops of those who take it have for this layer. */
  adapt(roomsKbps: readonly number[]): void {
    this.#rate = encoderRate(this.#rate, this.#profile.bitsPerSecond, roomsKbps)
  }

  get isKeyWanted(): boolean {
    return this.#isKeyWanted
  }

  refresh(): void {
    this.#isKeyWanted = true
  }

  /** The frame stays the caller's. */
  take(frame: VideoFrame, nowMs: number): void {
    const dueUs = nextDueUs(this.#dueUs, frame.timestamp, this.#profile.fps)
    if (dueUs === undefined || (this.#encoder?.encodeQueueSize ?? 0) >= FRAMES_ENCODING) return
    if (nowMs - this.#failedAtMs < ANEW_MS) return
    this.#dueUs = dueUs
    try {
      const encoder = this.#configured(frame)
      const sinceKeyMs = nowMs - this.#keyAtMs
      const keyFrame = (this.#isKeyWanted && sinceKeyMs >= KEY_PAUSE_MS) || sinceKeyMs >= keyEvery(this.#profile, this.#rate)
      encoder.encode(frame, { keyFrame })
      if (!keyFrame) return
      this.#keyAtMs = nowMs
      this.#isKeyWanted = false
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Nobody watches: it is made anew for the next who does. */
  rest(): void {
    if (this.#encoder !== undefined && this.#encoder.state !== 'closed') this.#encoder.close()
    this.#encoder = undefined
    this.#size = ''
    this.#dueUs = undefined
    this.#isKeyWanted = true
    this.#keyAtMs = Number.NEGATIVE_INFINITY
  }

  #configured(frame: VideoFrame): VideoEncoder {
    const { width, height } = sizeWithin(frame, this.#profile.height)
    const size = `${width} ${height}`
    this.#encoder ??= new VideoEncoder({ output: (chunk, metadata) => this.#output(chunk, metadata), error: (error) => this.#fail(error) })
    if (size === this.#size && this.#rate === this.#configuredRate) return this.#encoder
    const { fps: framerate } = this.#profile
    const bitrate = this.#rate
    this.#encoder.configure({ codec: 'vp8', width, height, bitrate, framerate, scalabilityMode: 'L1T3', latencyMode: 'realtime' })
    // Another rate goes on where it was; another size begins anew.
    if (size !== this.#size) {
      this.#isKeyWanted = true
      this.#keyAtMs = Number.NEGATIVE_INFINITY
    }
    this.#size = size
    this.#configuredRate = bitrate
    return this.#encoder
  }

  #output(chunk: EncodedVideoChunk, metadata: EncodedVideoChunkMetadata | undefined): void {
    this.#encoded({ chunk, temporal: metadata?.svc?.temporalLayerId ?? 0 })
  }

  #fail(cause: unknown): void {
    this.rest()
    this.#failedAtMs = performance.now()
    this.#failed(cause)
  }
}

/** The shape of the source, no larger than it is; VP8 takes even numbers. */
function sizeWithin({ displayWidth, displayHeight }: VideoFrame, height: number): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, height / displayHeight)
  const even = (length: number) => Math.max(2, 2 * Math.round((length * scale) / 2))
  return { width: even(displayWidth), height: even(displayHeight) }
}
