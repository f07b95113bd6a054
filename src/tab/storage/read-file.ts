/** Reads a range of a file in this tab, in order: from the store, and from members what the store lacks. */
import { type Coming, readStep, startReading } from '../../core/storage/read-range.ts'
import type { GetOptions } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { READ_AHEAD_BLOCKS } from '../../protocol/limits.ts'
import type { FileRecord } from '../../protocol/room-state.ts'

/** Throws `block-missing`. */
export type LoadBlock = (id: BlockId) => Promise<Uint8Array>

export async function* readFile(
  file: FileRecord,
  load: LoadBlock,
  { offset = 0, length, signal, onProgress }: GetOptions = {},
): AsyncGenerator<Uint8Array> {
  const from = Math.min(Math.max(0, offset), file.bytes)
  const totalBytes = Math.max(0, Math.min(length ?? file.bytes, file.bytes - from))
  let doneBytes = 0
  for await (const bytes of readBlocks(file, from, totalBytes, load, signal)) {
    doneBytes += bytes.byteLength
    yield bytes
    onProgress?.({ doneBytes, totalBytes })
  }
}

async function* readBlocks(
  file: FileRecord,
  offset: number,
  length: number,
  load: LoadBlock,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let coming = startReading(file.root, file.bytes, offset, length)
  const loading = new Map<Coming, Promise<Uint8Array>>()
  while (coming[0] !== undefined) {
    const [first] = coming
    for (const next of coming.slice(0, READ_AHEAD_BLOCKS)) {
      if (loading.has(next)) continue
      const block = load(next.id)
      // Its failure is told when its turn comes.
      block.catch(() => undefined)
      loading.set(next, block)
    }
    const block = await orAborted(loading.get(first) as Promise<Uint8Array>, signal)
    loading.delete(first)
    const step = readStep(coming, block)
    if (step.kind === 'refused') throw new RoomError(step.reason, 'a tree that does not add up')
    if (step.kind === 'bytes') yield step.bytes
    coming = step.coming
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  if (signal.aborted) return Promise.reject(new RoomError('aborted'))
  return new Promise((resolve, reject) => {
    const stop = () => reject(new RoomError('aborted'))
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
