/** The import worker's own code on a port of this thread, and bytes to import. */
import { MessageChannel } from 'node:worker_threads'
import { type Bytes, concatBytes } from '../../src/protocol/bytes.ts'
import type { ImporterPort } from '../../src/tab/storage/importer.ts'
import { handleImports, type ImportPort } from '../../workers/storage/import-file.ts'

export function inThisThread(): ImporterPort {
  const { port1, port2 } = new MessageChannel()
  handleImports(port1 as unknown as ImportPort)
  for (const port of [port1, port2]) {
    port.start()
    port.unref()
  }
  return port2 as unknown as ImporterPort
}

/** Bytes that look random and are the same each time. */
export function bytesOf(length: number, seed = 1): Bytes {
  const words = new Uint32Array(Math.ceil(length / 4))
  let x = seed * 0x9e3779b1
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    words[i] = x
  }
  return new Uint8Array(words.buffer, 0, length).slice()
}

export async function* pieces(data: Bytes, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.byteLength; at += size) yield data.slice(at, at + size)
}

export async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Bytes> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return concatBytes(parts)
}
