/**
 * Frames and sounds on their way into pieces. Both come with clocks of their own: each counts from when its first one came.
 * Where pieces are cut is core's.
 */
import { type Chunk, type Cutting, cutAt, firstPiece, isCutDue } from '../../src/core/record/cut-pieces.ts'
import { repeatsAtEnd } from '../../src/core/record/end-still.ts'
import { RECORD_KEY_MS } from '../../src/protocol/limits.ts'
import type { RecordNews } from '../../src/protocol/record-worker.ts'
import { PictureEncoder, type Shape, SoundEncoder } from './encoders.ts'
import { PieceWriter, type Span } from './piece-writer.ts'
import { TrackTime } from './track-time.ts'

const TELL_MS = 1_000

type Input = Shape & { readonly video: ReadableStream<VideoFrame>; readonly audio: ReadableStream<AudioData>; readonly pieceMs: number }
type Shown = { readonly frame: VideoFrame; readonly atUs: number; readonly beforeUs: number }
type Timed = { readonly timestamp: number; close(): void }

export class Recording {
  readonly #tell: (news: RecordNews) => void
  readonly #pictures: PictureEncoder
  readonly #sounds: SoundEncoder
  readonly #readers: readonly ReadableStreamDefaultReader[]
  readonly #pieces = new Map<number, PieceWriter>()
  readonly #timer: ReturnType<typeof setInterval>
  readonly #beganMs = performance.now()
  readonly #videoTime = new TrackTime(this.#beganMs)
  readonly #audioTime = new TrackTime(this.#beganMs)
  #cutting: Cutting
  readonly #stepUs: number
  #keyAtUs = 0
  #last: Shown | undefined
  #bytes = 0
  /** Pieces are told in their order. */
  #told: Promise<void> = Promise.resolve()

  constructor({ video, audio, pieceMs, ...shape }: Input, tell: (news: RecordNews) => void) {
    this.#tell = tell
    this.#cutting = firstPiece(pieceMs)
    const durationUs = Math.round(1e6 / shape.fps)
    this.#stepUs = durationUs
    const failed = (cause: unknown) => this.#fail(cause)
    this.#pictures = new PictureEncoder(
      shape,
      (chunk, meta) => {
        const span = { atUs: this.#videoTime.of(chunk), durationUs }
        this.#route('video', chunk, span).addPicture(chunk, meta, span)
      },
      failed,
    )
    this.#sounds = new SoundEncoder((chunk, meta) => {
      const span = { atUs: this.#audioTime.of(chunk), durationUs: chunk.duration ?? 0 }
      this.#route('audio', chunk, span).addSound(chunk, meta, span)
    }, failed)
    const [frames, sounds] = [video.getReader(), audio.getReader()]
    this.#readers = [frames, sounds]
    void this.#read(frames, (frame) => this.#takeFrame(frame))
    void this.#read(sounds, (sound) => {
      this.#audioTime.begin(sound)
      this.#sounds.take(sound)
    })
    this.#timer = setInterval(() => tell({ t: 'grown', bytes: this.#bytes }), TELL_MS)
  }

  async end(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.allSettled(this.#readers.map((reader) => reader.cancel()))
    try {
      this.#endStill()
      await Promise.all([this.#pictures.end(), this.#sounds.end()])
      for (const piece of [...this.#pieces.keys()].sort((a, b) => a - b)) this.#endPiece(piece)
    } catch (cause) {
      this.#fail(cause)
    }
    await this.#told
    this.#tell({ t: 'ended' })
  }

  #takeFrame(frame: VideoFrame): void {
    this.#videoTime.begin(frame)
    const atUs = this.#videoTime.of(frame)
    const wantsKey = isCutDue(this.#cutting, atUs) || atUs - this.#keyAtUs >= RECORD_KEY_MS * 1_000
    this.#pictures.take(frame, wantsKey)
    this.#last?.frame.close()
    this.#last = { frame: frame.clone(), atUs, beforeUs: this.#last?.atUs ?? atUs }
  }

  #endStill(): void {
    if (this.#last === undefined) return
    const { frame, atUs: lastUs, beforeUs } = this.#last
    const endUs = (performance.now() - this.#beganMs) * 1_000
    for (const atUs of repeatsAtEnd({ beforeUs, lastUs, endUs, stepUs: this.#stepUs })) {
      const again = new VideoFrame(frame, { timestamp: frame.timestamp + atUs - lastUs })
      this.#pictures.take(again, false)
      again.close()
    }
    frame.close()
  }

  #route(kind: Chunk['kind'], { type, byteLength }: EncodedVideoChunk | EncodedAudioChunk, { atUs }: Span): PieceWriter {
    const isKey = type === 'key'
    if (kind === 'video' && isKey) this.#keyAtUs = atUs
    const { next, into, ended } = cutAt(this.#cutting, { kind, isKey, timestampUs: atUs, bytes: byteLength })
    this.#cutting = next
    this.#bytes += byteLength
    if (ended !== undefined) this.#endPiece(ended)
    // The first begins with what comes first: after 20 ms of nothing at the beginning of a file Firefox may stand still for ten seconds.
    const writer = this.#pieces.get(into) ?? new PieceWriter(into === 0 ? atUs : next.fromUs)
    this.#pieces.set(into, writer)
    return writer
  }

  #endPiece(piece: number): void {
    const writer = this.#pieces.get(piece)
    if (writer === undefined) return
    this.#pieces.delete(piece)
    const whole = writer.end()
    this.#told = this.#told
      .then(async () => {
        const data = await whole
        this.#tell({ t: 'piece', piece, fromMs: writer.fromUs / 1_000, toMs: writer.toUs / 1_000, data })
      })
      .catch((cause: unknown) => this.#fail(cause))
  }

  #fail(cause: unknown): void {
    this.#tell({ t: 'broken', text: String(cause) })
  }

  async #read<T extends Timed>(reader: ReadableStreamDefaultReader<T>, take: (one: T) => void): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await reader.read()
        if (done) return
        take(value)
        value.close()
      }
    } catch (cause) {
      this.#fail(cause)
    }
  }
}
