/**
 * Frames in a byte stream: each is preceded by its length as an unsigned varint (LEB128). Strict, so that a frame has
 * one spelling: no padded lengths, no empty frames. What comes out does not depend on how the stream was cut into
 * chunks, and a reader never holds more than one frame of the agreed size.
 */
import { type Bytes, concatBytes } from './bytes.ts'
import type { Refused } from './frame.ts'
import { varint } from './varint.ts'

/** Four groups of seven bits: 256 MiB, above every frame bound in limits.ts. */
const LENGTH_BYTES = 4

export type Framed = {
  readonly frames: readonly Bytes[]
  /** Set once, after which the reader takes nothing more: the stream cannot be read on and is to be cut. */
  readonly refused: Refused | undefined
}

/** The frame with its length before it, in one piece, so that it leaves in one write. */
export function frameBytes(frame: Uint8Array): Bytes {
  return concatBytes([varint(frame.byteLength), frame])
}

export class FrameReader {
  readonly #maxFrameBytes: number
  #refused: Refused | undefined
  #length = 0
  #lengthBytes = 0
  /** The frame being filled; allocated once its length is known and allowed, so one-byte chunks cost nothing. */
  #frame: Bytes | undefined
  #filled = 0

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /** The frames this chunk completed. Each owns its buffer. */
  push(chunk: Uint8Array): Framed {
    const frames: Bytes[] = []
    let offset = 0
    while (offset < chunk.byteLength && this.#refused === undefined) {
      if (this.#frame === undefined) {
        this.#readLength(chunk[offset++] as number)
        continue
      }
      const piece = chunk.subarray(offset, offset + this.#frame.byteLength - this.#filled)
      this.#frame.set(piece, this.#filled)
      this.#filled += piece.byteLength
      offset += piece.byteLength
      if (this.#filled < this.#frame.byteLength) break
      frames.push(this.#frame)
      this.#frame = undefined
    }
    return { frames, refused: this.#refused }
  }

  #readLength(byte: number): void {
    this.#length |= (byte & 127) << (7 * this.#lengthBytes)
    this.#lengthBytes += 1
    if (this.#length > this.#maxFrameBytes) this.#refused = 'frame-too-large'
    else if (byte > 127) {
      if (this.#lengthBytes === LENGTH_BYTES) this.#refused = 'frame-too-large'
    } else if (byte === 0) this.#refused = 'frame-malformed'
    else this.#begin(this.#length)
  }

  #begin(length: number): void {
    this.#frame = new Uint8Array(length)
    this.#filled = 0
    this.#length = 0
    this.#lengthBytes = 0
  }
}
