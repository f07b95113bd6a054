/**
 * Bytes of a range of a file, in order. Blocks are loaded a few ahead of the reader and no further, so a paused video
 * costs a few blocks of memory and no traffic.
 */
import { type Coming, readStep, startReading } from '../../src/core/storage/read-range.ts'
import { type Bytes, ownBytes } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import { READ_AHEAD_BLOCKS } from '../../src/protocol/limits.ts'
import type { PublishedFile } from '../../src/protocol/storage-worker.ts'

/** Throws `block-missing`, `aborted`. */
export type LoadBlock = (id: BlockId) => Promise<Bytes>

export async function* readRange(file: PublishedFile, offset: number, length: number, load: LoadBlock): AsyncGenerator<Bytes> {
  let coming = startReading(file.root, file.bytes, offset, length)
  const loading = new Map<Coming, Promise<Bytes>>()
  while (coming[0] !== undefined) {
    const [first] = coming
    for (const next of coming.slice(0, READ_AHEAD_BLOCKS)) {
      if (loading.has(next)) continue
      const block = load(next.id)
      // Its failure is told when its turn comes.
      block.catch(() => undefined)
      loading.set(next, block)
    }
    const block = await (loading.get(first) as Promise<Bytes>)
    loading.delete(first)
    const step = readStep(coming, block)
    if (step.kind === 'refused') throw new RoomError(step.reason, 'a tree that does not add up')
    if (step.kind === 'bytes') yield ownBytes(step.bytes)
    coming = step.coming
  }
}
