/**
 * The database `asterism`: blocks by id, values by key, published files by room, and facts about the database itself.
 * A browser may hand back an empty database after damage; then the generation marker is gone too, a new one is made, and
 * tabs check again what they announced.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { type Bytes, toBase64Url } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import type { PublishedFile } from '../../src/protocol/storage-worker.ts'

const NAME = 'asterism'
const VERSION = 1

export type PublishedRecord = PublishedFile & { readonly room: string }

interface Schema extends DBSchema {
  blocks: { key: BlockId; value: Blob }
  values: { key: string; value: Bytes }
  published: { key: [string, string]; value: PublishedRecord; indexes: { root: [string, string] } }
  facts: { key: 'generation'; value: string }
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

function open(): Promise<Database> {
  return openDB<Schema>(NAME, VERSION, {
    upgrade(db) {
      db.createObjectStore('blocks')
      db.createObjectStore('values')
      db.createObjectStore('published', { keyPath: ['room', 'id'] }).createIndex('root', ['room', 'root'])
      db.createObjectStore('facts')
    },
    blocking: closeDatabase,
    terminated: closeDatabase,
  })
}

export function closeDatabase(): void {
  const closing = opened
  opened = undefined
  closing?.then((db) => db.close()).catch(() => undefined)
}

export async function readGeneration(db: Database): Promise<string> {
  return (await db.get('facts', 'generation')) ?? startGeneration(db)
}

/** Called when the store was found damaged. Two callers at once agree on the last one's marker. */
export async function startGeneration(db: Database): Promise<string> {
  const generation = toBase64Url(crypto.getRandomValues(new Uint8Array(12)))
  await db.put('facts', generation, 'generation')
  return generation
}
