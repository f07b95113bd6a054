/**
 * The rival: a pack file in the origin's private file system, with a sync access handle. Blocks are appended; where each
 * lies is kept in IndexedDB, one relaxed transaction a batch, since a file without an index is lost with its worker.
 * `flush` makes it wait for the disk, as strict durability does; without, it is as relaxed as our fragments are.
 */
import { openDB } from 'idb'

export type PackCall = { readonly id: number; readonly put?: readonly PackBlock[]; readonly get?: string; readonly flush?: boolean }
export type PackBlock = { readonly id: string; readonly bytes: Uint8Array<ArrayBuffer> }
export type PackAnswer = { readonly id: number; readonly bytes?: Uint8Array<ArrayBuffer> }

type Handle = {
  write(bytes: Uint8Array, options: { at: number }): number
  read(bytes: Uint8Array, options: { at: number }): number
  flush(): void
  getSize(): number
}
type Syncable = { createSyncAccessHandle(): Promise<Handle> }

const folder = await navigator.storage.getDirectory()
const file = (await folder.getFileHandle('pack', { create: true })) as unknown as Syncable
const handle = await file.createSyncAccessHandle()
const db = await openDB('pack', 1, { upgrade: (db) => void db.createObjectStore('index') })
const index = new Map<string, { at: number; bytes: number }>()

addEventListener('message', ({ data }: MessageEvent<PackCall>) => void answer(data))
postMessage({ id: 0 } satisfies PackAnswer)

async function answer({ id, put, get, flush }: PackCall): Promise<void> {
  if (put !== undefined) {
    await write(put, flush === true)
    postMessage({ id } satisfies PackAnswer)
    return
  }
  const bytes = read(get ?? '')
  postMessage({ id, bytes } satisfies PackAnswer, { transfer: [bytes.buffer] })
}

async function write(blocks: readonly PackBlock[], isFlushed: boolean): Promise<void> {
  let at = handle.getSize()
  const tx = db.transaction('index', 'readwrite', { durability: 'relaxed' })
  for (const { id, bytes } of blocks) {
    const place = { at, bytes: handle.write(bytes, { at }) }
    at += place.bytes
    index.set(id, place)
    void tx.store.put(place, id)
  }
  if (isFlushed) handle.flush()
  await tx.done
}

function read(id: string): Uint8Array<ArrayBuffer> {
  const { at, bytes } = index.get(id) ?? { at: 0, bytes: 0 }
  const block = new Uint8Array(bytes)
  handle.read(block, { at })
  return block
}
