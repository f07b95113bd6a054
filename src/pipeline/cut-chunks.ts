/** Bytes of a file as whole chunks, which may be views; only the last is shorter. Every byte is copied once at most. */
import { type Bytes, ownBytes } from '../protocol/bytes.ts'
import { RoomError } from '../protocol/errors.ts'
import { CHUNK_BYTES, FILE_READ_BYTES } from '../protocol/limits.ts'

/** Blobs laid end to end, or bytes in whatever pieces they come. More than one Blob is a pack, which fits into one chunk. */
export type ObjectSource = readonly Blob[] | AsyncIterable<Uint8Array>

export function isBlobs(source: ObjectSource): source is readonly Blob[] {
  return Array.isArray(source)
}

export function cutChunks(source: ObjectSource): AsyncGenerator<Bytes> {
  if (!isBlobs(source)) return cutPieces(source)
  const [first = new Blob(), ...more] = source
  const whole = more.length === 0 ? first : new Blob([first, ...more])
  if (more.length > 0 && whole.size > CHUNK_BYTES) throw new RoomError('file-invalid', 'a pack of more than one chunk')
  return cutBlob(whole)
}

/** Read further while what was read is worked on. */
async function* cutBlob(blob: Blob): AsyncGenerator<Bytes> {
  const read = (from: number) => {
    const reading = blob.slice(from, from + FILE_READ_BYTES).arrayBuffer()
    // Its failure is told when its turn comes.
    reading.catch(() => undefined)
    return reading
  }
  let next = read(0)
  for (let from = 0; from < blob.size; from += FILE_READ_BYTES) {
    const bytes = new Uint8Array(await next)
    if (from + FILE_READ_BYTES < blob.size) next = read(from + FILE_READ_BYTES)
    for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
  }
}

async function* cutPieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Bytes> {
  let chunk = new Uint8Array()
  let filled = 0
  for await (const piece of pieces) {
    let at = 0
    while (at < piece.byteLength) {
      if (filled === 0 && piece.byteLength - at === CHUNK_BYTES) {
        yield ownBytes(piece.subarray(at))
        break
      }
      if (filled === 0) chunk = new Uint8Array(CHUNK_BYTES)
      const part = piece.subarray(at, at + CHUNK_BYTES - filled)
      chunk.set(part, filled)
      filled += part.byteLength
      at += part.byteLength
      if (filled < CHUNK_BYTES) continue
      yield chunk
      filled = 0
    }
  }
  if (filled > 0) yield chunk.slice(0, filled)
}
