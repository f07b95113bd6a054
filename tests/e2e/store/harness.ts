/** The device's store on a page of its own, with what it takes to seal a file into it: no room, no relay, no UI. */
import { deriveFileKeys } from '../../../src/pipeline/file-keys.ts'
import { fragmentId } from '../../../src/pipeline/fragment-id.ts'
import { importObject } from '../../../src/pipeline/import-object.ts'
import type { DeviceStore } from '../../../src/ports/file-gateway.ts'
import type { Bytes } from '../../../src/protocol/bytes.ts'
import { toFileId, toRoomId } from '../../../src/protocol/ids.ts'
import type { ImportLayout } from '../../../src/protocol/import-worker.ts'
import type { Shelf, StoredBlock } from '../../../src/protocol/storage-worker.ts'
import { browserClock } from '../../../src/tab/browser-clock.ts'
import { openDeviceStore } from '../../../src/tab/storage/open-device-store.ts'

const store: DeviceStore = await openDeviceStore(browserClock)
const ROOM = toRoomId(new Uint8Array(16))

/** Random, since what compresses counts less against a quota. */
function randomBytes(bytes: number): Bytes {
  const data = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536))
  return data
}

async function makeBlocks(sizes: readonly number[]): Promise<readonly StoredBlock[]> {
  return Promise.all(
    sizes.map(async (size) => {
      const bytes = randomBytes(size)
      return { id: await fragmentId(bytes), bytes }
    }),
  )
}

/** Puts random blocks; their ids, or the code of the refusal. */
async function put(
  sizes: readonly number[],
  options: { shelf?: Shelf; marked?: boolean } = {},
): Promise<readonly string[] | { code: string }> {
  const blocks = await makeBlocks(sizes)
  try {
    await store.blocks.putMany(blocks, options)
    return blocks.map(({ id }) => id)
  } catch (error) {
    return { code: String((error as { code?: string }).code) }
  }
}

/** Reads everything there is. `get` gives checked bytes or none, so the names of what it gives are the truth. */
async function takeStock() {
  const listed: string[] = []
  const read: string[] = []
  let bytes = 0
  for (const shelf of ['fragment', 'manifest'] as const) {
    for await (const page of store.blocks.list(shelf)) {
      for (const { id } of page) {
        listed.push(id)
        const block = await store.blocks.get(id, shelf)
        if (block !== undefined && (await fragmentId(block)) !== id) throw new Error('bytes that are not those of the id')
        if (block !== undefined) read.push(id)
        bytes += block?.byteLength ?? 0
      }
    }
  }
  return { listed, read, bytes, usage: await store.blocks.usage() }
}

/** Seals a file into the store and gives it an address. */
async function addFile(data: Bytes, name: string, layout: Partial<ImportLayout> = {}) {
  const keys = await deriveFileKeys(async (label) => {
    return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(label)))
  })
  const { object, bytes, parts } = await importObject(
    [new Blob([data])],
    { k: 1, rows: 3, sensitive: false, ...layout },
    keys,
    (shelf, blocks) => store.blocks.putMany(blocks, { shelf }),
  )
  const id = toFileId(crypto.getRandomValues(new Uint8Array(16)))
  const root = parts[0]?.root ?? object
  await store.gateway.unlock(ROOM, keys)
  await store.gateway.publish(ROOM, [{ id, object, offset: 0, root, name, type: 'text/plain', bytes, signature: new Uint8Array(64) }])
  return { object, url: store.gateway.url(ROOM, id) ?? '' }
}

const storeParts = { store, put, makeBlocks, takeStock, addFile, randomBytes }

export type StoreParts = typeof storeParts

Object.assign(globalThis, { storeParts })
