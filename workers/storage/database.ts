/**
 * The database `asterism`, version 2: two shelves of blocks by id, an entry with size and mark for each, values by key,
 * files at addresses and the keys they open with, and facts about the whole. A browser may hand back a database that is
 * empty or older than it was; whoever opens it finds out first and begins a new generation, so that tabs check again
 * what they announced.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Entry, Tally } from '../../src/core/storage/store-tally.ts'
import type { RoomFileKeys } from '../../src/pipeline/file-keys.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import type { Shelf } from '../../src/protocol/storage-worker.ts'
import { examine } from './examine.ts'

const NAME = 'asterism'
const VERSION = 2

export type ShelfEntry = Entry & { readonly shelf: Shelf }

export interface Schema extends DBSchema {
  fragment: { key: BlockId; value: Blob }
  manifest: { key: BlockId; value: Blob }
  /** By number of the mark, the marked alone. */
  entries: { key: [Shelf, BlockId]; value: ShelfEntry; indexes: { mark: number } }
  values: { key: string; value: Bytes }
  /** By room and file; what it says is sealed under the room's manifest key. */
  published: { key: [string, string]; value: Bytes }
  keys: { key: string; value: RoomFileKeys }
  facts: { key: keyof Facts; value: Facts[keyof Facts] }
}

export type Facts = {
  readonly generation: string
  readonly tally: Tally
  readonly ownerQuotaBytes: number
}

export type Database = IDBPDatabase<Schema>

let opened: Promise<Database> | undefined

/** Kept open between events as long as the worker lives; opened anew after a stop, or when the browser closed it. */
export function openDatabase(): Promise<Database> {
  opened ??= open().catch((cause: unknown) => {
    opened = undefined
    throw new RoomError('storage-unavailable', 'cannot open the database', { cause })
  })
  return opened
}

async function open(): Promise<Database> {
  const db = await openDB<Schema>(NAME, VERSION, {
    upgrade(db, oldVersion) {
      if (oldVersion === 1) dropPlainBlocks(db)
      else db.createObjectStore('values')
      db.createObjectStore('fragment')
      db.createObjectStore('manifest')
      db.createObjectStore('entries', { keyPath: ['shelf', 'id'] }).createIndex('mark', 'mark')
      db.createObjectStore('published')
      db.createObjectStore('keys')
      db.createObjectStore('facts')
    },
    blocking: closeDatabase,
    terminated: closeDatabase,
  })
  await examine(db)
  return db
}

/** Version 1 kept files in plain and copied them to every device: nothing of that is read any more. Values stay. */
function dropPlainBlocks(db: Database): void {
  for (const name of ['blocks', 'published', 'facts'] as const) db.deleteObjectStore(name as 'facts')
}

export function closeDatabase(): void {
  const closing = opened
  opened = undefined
  closing?.then((db) => db.close()).catch(() => undefined)
}
