/** The two encoders of a recording: VP9, which keeps slides sharp at half of what VP8 takes for it, and Opus. */
import { RECORD_AUDIO_BITS_PER_SECOND, RECORD_BITS_PER_SECOND, RECORD_FRAMES_ENCODING } from '../../src/protocol/limits.ts'

export type Shape = { readonly width: number; readonly height: number; readonly fps: number }

export class PictureEncoder {
  readonly #encoder: VideoEncoder
  /** A key frame was asked for and has not come out. */
  #isKeyComing = false
  #meta: EncodedVideoChunkMetadata = {}

  constructor(shape: Shape, out: (chunk: EncodedVideoChunk, meta: EncodedVideoChunkMetadata) => void, failed: (cause: unknown) => void) {
    this.#encoder = new VideoEncoder({
      error: failed,
      output: (chunk, meta) => {
        // Said with the first key frame only, and needed at the head of each piece.
        if (meta?.decoderConfig !== undefined) this.#meta = meta
        if (chunk.type === 'key') this.#isKeyComing = false
        out(chunk, this.#meta)
      },
    })
    this.#encoder.configure({
      codec: 'vp09.00.31.08',
      width: shape.width,
      height: shape.height,
      framerate: shape.fps,
      bitrate: RECORD_BITS_PER_SECOND,
      latencyMode: 'realtime',
      // Of every second picture no other is made: all of a recording of nine takes a tenth less, and as much is seen in fewer bytes.
      scalabilityMode: 'L1T3',
    })
  }

  /** An encoder that is behind gets none: the next picture is worth more than one that waits. */
  take(frame: VideoFrame, wantsKey: boolean): void {
    if (this.#encoder.state !== 'configured' || this.#encoder.encodeQueueSize >= RECORD_FRAMES_ENCODING) return
    const keyFrame = wantsKey && !this.#isKeyComing
    this.#isKeyComing ||= keyFrame
    this.#encoder.encode(frame, { keyFrame })
  }

  async end(): Promise<void> {
    if (this.#encoder.state !== 'configured') return
    await this.#encoder.flush()
    this.#encoder.close()
  }
}

export class SoundEncoder {
  readonly #encoder: AudioEncoder
  #meta: EncodedAudioChunkMetadata = {}
  #isReady = false

  constructor(out: (chunk: EncodedAudioChunk, meta: EncodedAudioChunkMetadata) => void, failed: (cause: unknown) => void) {
    this.#encoder = new AudioEncoder({
      error: failed,
      output: (chunk, meta) => {
        if (meta?.decoderConfig !== undefined) this.#meta = meta
        out(chunk, this.#meta)
      },
    })
  }

  take(sound: AudioData): void {
    const { sampleRate, numberOfChannels } = sound
    if (!this.#isReady) this.#encoder.configure({ codec: 'opus', sampleRate, numberOfChannels, bitrate: RECORD_AUDIO_BITS_PER_SECOND })
    this.#isReady = true
    if (this.#encoder.state === 'configured') this.#encoder.encode(sound)
  }

  async end(): Promise<void> {
    if (this.#encoder.state !== 'configured') return
    await this.#encoder.flush()
    this.#encoder.close()
  }
}
