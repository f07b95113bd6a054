/** A device looks whether it still has what it told. */
import { expect, test } from 'vitest'
import type { OpenObject } from '../../../../src/pipeline/manifest.ts'
import type { ObjectId } from '../../../../src/protocol/object.ts'
import { checkStore } from '../../../../src/tab/storage/check-store.ts'
import { MemoryBlockStore, MemoryDisk } from '../../../../src/tab/storage/memory-block-store.ts'
import type { Holding } from '../../../../src/tab/storage/own-holdings.ts'
import { bytesOf } from '../../../twins/import-worker.ts'
import { shelvesOf } from '../../../twins/shelves.ts'

/** A store with so many objects of two chunks, what was told of them, and how often their manifests were opened. */
async function storeOf(count: number) {
  const disk = new MemoryDisk()
  const blocks = new MemoryBlockStore({ disk })
  const objects = new Map<ObjectId, OpenObject>()
  const told = new Map<ObjectId, Holding>()
  const opened: ObjectId[] = []
  for (let n = 0; n < count; n++) {
    const shelves = await shelvesOf([new Blob([bytesOf(2_000_000, n + 1)])], { k: 2, rows: 2 })
    await blocks.putMany([...shelves.fragments].map(([id, bytes]) => ({ id, bytes })))
    objects.set(shelves.object, await shelves.open())
    told.set(shelves.object, { kept: new Set([0, 1]), marked: new Set(), holes: [] })
  }
  const openHere = async (id: ObjectId) => {
    opened.push(id)
    return objects.get(id)
  }
  const holdings = {
    objects: () => told.keys(),
    get: (id: ObjectId) => told.get(id) as Holding,
    set: (id: ObjectId, holding: Holding) => void told.set(id, holding),
    checked: () => {},
  }
  const parts = { blocks, book: { openHere }, holdings, chance: () => 0.5, signal: new AbortController().signal }
  return { parts, disk, told, opened, objects }
}

test('[STORAGE-16] a sound store is gone over once: each manifest is opened one time', async () => {
  const { parts, told, opened, objects } = await storeOf(4)
  await checkStore(parts)
  expect(opened).toEqual([...objects.keys()])
  expect([...told.values()].flatMap(({ holes }) => holes)).toEqual([])
})

test('[STORAGE-16] a fragment that is gone and one that is spoiled are told as holes, and nothing else', async () => {
  const { parts, disk, told, objects } = await storeOf(3)
  const [one, two] = [...objects.values()] as [OpenObject, OpenObject, OpenObject]
  const [gone, spoiled] = [one.chunks[1]?.ids[0], two.chunks[0]?.ids[1]]
  await parts.blocks.delete([gone as ObjectId])
  disk.blocks.fragment.set(spoiled as ObjectId, new Uint8Array(9))
  await checkStore(parts)

  const holes = [...told].flatMap(([id, holding]) => holding.holes.map(({ row, chunk }) => [id, row, chunk]))
  expect(holes).toEqual([
    [one.id, 0, 1],
    [two.id, 1, 0],
  ])
})
