/** Several files as one archive, made while it is saved: never more of it in memory than a few chunks. */
import { makeZip, predictLength } from 'client-zip'
import type { Files, RoomFile } from '../../ports/asterism.ts'
import { zipNames } from './zip-names.ts'

/** Files stand in an archive as they are: its length is known before. */
export function zipBytes(files: readonly RoomFile[], folder = ''): number {
  const names = zipNames(files, folder)
  return Number(predictLength(files.map(({ bytes }, i) => ({ name: names[i] ?? '', size: bytes }))))
}

export async function* zipOf(files: readonly RoomFile[], port: Files, signal: AbortSignal, folder = ''): AsyncGenerator<Uint8Array> {
  const names = zipNames(files, folder)
  async function* inputs() {
    for (const [i, file] of files.entries()) {
      signal.throwIfAborted()
      yield { name: names[i] ?? file.name, input: port.get(file.id, { signal }), lastModified: new Date(file.addedAtMs) }
    }
  }
  // Not every browser can walk a stream by itself.
  const reader = makeZip(inputs()).getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
