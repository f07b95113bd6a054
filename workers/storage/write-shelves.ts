/**
 * Changes of the shelves. Each is one transaction over blocks, entries and tally, so that the figures are those of the
 * blocks at any moment, whoever else writes.
 */
import { chooseErased, type Entry, type Tally, withRemoved } from '../../src/core/storage/store-tally.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import type { Shelf } from '../../src/protocol/storage-worker.ts'
import { openDatabase } from './database.ts'
import { readFacts, type Writing, writeFacts } from './facts.ts'
import { noteWitness } from './witness.ts'

/** Marked entries looked at in one go when room is made. */
const MARKED_PAGE = 256

type Change = (tx: Writing, tally: Tally, ownerQuotaBytes: number) => Promise<Tally>

/** Every change of the shelves goes through the tally, so changes of all tabs come one after the other. */
export async function write(durability: 'strict' | 'relaxed', change: Change): Promise<void> {
  const db = await openDatabase()
  const tx = db.transaction(['fragment', 'manifest', 'entries', 'facts'], 'readwrite', { durability })
  let next: Tally
  try {
    const { tally, ownerQuotaBytes } = await readFacts(tx)
    next = await change(tx, tally, ownerQuotaBytes)
    if (next !== tally) writeFacts(tx, { tally: next })
  } catch (error) {
    tx.done.catch(() => undefined)
    tx.abort()
    throw error
  }
  await tx.done
  noteWitness(next)
}

export async function entriesOf(tx: Writing, shelf: Shelf, ids: readonly BlockId[]): Promise<readonly Entry[]> {
  const store = tx.objectStore('entries')
  const found = await Promise.all([...new Set(ids)].map((id) => store.get([shelf, id])))
  return found.filter((entry) => entry !== undefined)
}

export function writeEntries(tx: Writing, shelf: Shelf, entries: readonly Entry[]): void {
  const store = tx.objectStore('entries')
  for (const { id, bytes, mark } of entries) {
    store.put(mark === undefined ? { shelf, id, bytes } : { shelf, id, bytes, mark }).catch(() => undefined)
  }
}

export function erase(tx: Writing, tally: Tally, shelf: Shelf, entries: readonly Entry[]): Tally {
  for (const { id } of entries) {
    tx.objectStore(shelf)
      .delete(id)
      .catch(() => undefined)
    tx.objectStore('entries')
      .delete([shelf, id])
      .catch(() => undefined)
  }
  return withRemoved(tally, shelf, entries)
}

export async function makeRoom(tx: Writing, tally: Tally, lackBytes: number, spared: ReadonlySet<BlockId> = new Set()): Promise<Tally> {
  if (lackBytes <= 0) return tally
  const index = tx.objectStore('entries').index('mark')
  let left = tally
  let lack = lackBytes
  for (let after = 0; lack > 0; ) {
    const page = await index.getAll(IDBKeyRange.lowerBound(after, true), MARKED_PAGE)
    const erased = chooseErased(page, lack, spared)
    left = erase(tx, left, 'fragment', erased)
    lack -= erased.reduce((bytes, entry) => bytes + entry.bytes, 0)
    if (page.length < MARKED_PAGE) break
    after = page.at(-1)?.mark ?? after
  }
  return left
}
