/**
 * What is looked at whenever the database is opened. Cheap and always: is it the one we left, and not an older one.
 * Dearer and behind everybody's back: is there a block for each entry and an entry for each block.
 */
import { judgeStore, recounted } from '../../src/core/storage/store-tally.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import type { Shelf } from '../../src/protocol/storage-worker.ts'
import type { Database, ShelfEntry } from './database.ts'
import { newGeneration, readFacts, writeFacts } from './facts.ts'
import { noteWitness, readWitness, writeWitness } from './witness.ts'

const SHELVES = ['fragment', 'manifest'] as const

export async function examine(db: Database): Promise<void> {
  const witnessed = await readWitness()
  const tx = db.transaction(['facts'], 'readwrite', { durability: 'strict' })
  const { generation, tally } = await readFacts(tx)
  const { isWhole, tally: goingOn } = judgeStore(tally, { witnessed, hasGeneration: generation !== undefined })
  if (!isWhole) writeFacts(tx, { generation: newGeneration(), tally: goingOn })
  await tx.done
  if (!isWhole) await writeWitness(goingOn.sequence)
  void compare(db).catch(() => undefined)
}

/** Counts what is there; when it is not what the tally says, takes stock anew. */
export async function compare(db: Database): Promise<void> {
  const tx = db.transaction(['fragment', 'manifest', 'entries', 'facts'])
  const [fragments, manifests, entries, { tally }] = await Promise.all([
    tx.objectStore('fragment').count(),
    tx.objectStore('manifest').count(),
    tx.objectStore('entries').count(),
    readFacts(tx),
  ])
  const isEven = fragments === tally.fragment.count && manifests === tally.manifest.count && entries === fragments + manifests
  if (!isEven) await takeStock(db)
}

/** Entries without a block and blocks without an entry go; what is left is counted anew under a new generation. */
async function takeStock(db: Database): Promise<void> {
  const tx = db.transaction(['fragment', 'manifest', 'entries', 'facts'], 'readwrite', { durability: 'strict' })
  const { tally } = await readFacts(tx)
  const kept: Record<Shelf, ShelfEntry[]> = { fragment: [], manifest: [] }
  for (const shelf of SHELVES) {
    const [ids, entries] = await Promise.all([
      tx.objectStore(shelf).getAllKeys(),
      tx.objectStore('entries').getAll(IDBKeyRange.bound([shelf], [shelf, []])),
    ])
    const [there, known] = [new Set<BlockId>(ids), new Set(entries.map(({ id }) => id))]
    for (const id of ids)
      if (!known.has(id))
        tx.objectStore(shelf)
          .delete(id)
          .catch(() => undefined)
    for (const entry of entries) {
      if (there.has(entry.id)) kept[shelf].push(entry)
      else
        tx.objectStore('entries')
          .delete([shelf, entry.id])
          .catch(() => undefined)
    }
  }
  const next = recounted(tally, kept.fragment, kept.manifest)
  writeFacts(tx, { generation: newGeneration(), tally: next })
  await tx.done
  noteWitness(next)
}
