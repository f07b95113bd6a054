/** One piece of a recording as a WebM file. It lies in memory until it is whole, so that its head says how long it is. */
import { BufferTarget, EncodedAudioPacketSource, EncodedPacket, EncodedVideoPacketSource, Output, WebMOutputFormat } from 'mediabunny'

/** Where a chunk is in the recording. */
export type Span = { readonly atUs: number; readonly durationUs: number }

export class PieceWriter {
  readonly fromUs: number
  toUs: number
  readonly #output = new Output({ format: new WebMOutputFormat(), target: new BufferTarget() })
  readonly #video = new EncodedVideoPacketSource('vp9')
  readonly #audio = new EncodedAudioPacketSource('opus')
  /** What is written goes in one after the other. */
  #written: Promise<void>

  constructor(fromUs: number) {
    this.fromUs = fromUs
    this.toUs = fromUs
    this.#output.addVideoTrack(this.#video)
    this.#output.addAudioTrack(this.#audio)
    this.#written = this.#output.start()
  }

  addPicture(chunk: EncodedVideoChunk, meta: EncodedVideoChunkMetadata, span: Span): void {
    const packet = this.#packet(chunk, span)
    this.#write(() => this.#video.add(packet, meta))
  }

  addSound(chunk: EncodedAudioChunk, meta: EncodedAudioChunkMetadata, span: Span): void {
    const packet = this.#packet(chunk, span)
    this.#write(() => this.#audio.add(packet, meta))
  }

  async end(): Promise<ArrayBuffer> {
    await this.#written
    await this.#output.finalize()
    const { buffer } = this.#output.target
    if (buffer === null) throw new Error('a piece without bytes')
    return buffer
  }

  #packet(chunk: EncodedVideoChunk | EncodedAudioChunk, { atUs, durationUs }: Span): EncodedPacket {
    const data = new Uint8Array(chunk.byteLength)
    chunk.copyTo(data)
    this.toUs = Math.max(this.toUs, atUs + durationUs)
    return new EncodedPacket(data, chunk.type, Math.max(0, atUs - this.fromUs) / 1e6, durationUs / 1e6)
  }

  #write(add: () => Promise<void>): void {
    this.#written = this.#written.then(add)
    // Whoever ends the piece hears of it.
    this.#written.catch(() => undefined)
  }
}
