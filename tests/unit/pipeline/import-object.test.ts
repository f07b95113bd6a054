import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestOf } from '../../../src/core/storage/block-id.ts'
import { importObject } from '../../../src/pipeline/import-object.ts'
import { readObject } from '../../../src/pipeline/read-object.ts'
import type { Bytes } from '../../../src/protocol/bytes.ts'
import type { BlockId } from '../../../src/protocol/ids.ts'
import { bytesOf, pieces, readAll } from '../../twins/import-worker.ts'
import { allRows, keysOfRoom, type Shelves, shelvesOf } from '../../twins/shelves.ts'

const KIB = 1024
const MIB = 1024 * KIB
const coded = { k: 4, rows: 6 }

const blocksOf = ({ fragments, manifest }: Shelves) => [...fragments.keys(), ...manifest.keys()]
const common = (a: readonly BlockId[], b: readonly BlockId[]) => a.filter((id) => b.includes(id))

test('[SEAL-1] two members add the same bytes, in other pieces: the same object, block for block', async () => {
  const data = bytesOf(2 * MIB + 100)
  const ours = await shelvesOf([new Blob([data])], coded)
  const theirs = await shelvesOf(pieces(data, 333_333), coded)
  expect(theirs.object).toBe(ours.object)
  expect(blocksOf(theirs)).toEqual(blocksOf(ours))
})

test('[SEAL-1] another room with the same bytes has no block in common with it, the last bytes of a fragment included', async () => {
  const data = [new Blob([bytesOf(MIB + 5)])]
  const wide = { k: 10, rows: 14 }
  const here = await shelvesOf(data, wide, 'room')
  const there = await shelvesOf(data, wide, 'another room')
  expect(common(blocksOf(here), blocksOf(there))).toEqual([])
  const rowsOf = async (shelves: Shelves) => (await shelves.open()).chunks.flatMap(({ ids }) => ids)
  expect(common(await rowsOf(here), await rowsOf(there))).toEqual([])
})

test('[SEAL-2] a sensitive file added twice, and once as any other, has no block in common', async () => {
  const data = [new Blob([bytesOf(MIB + 5)])]
  const [one, two, plain] = [
    await shelvesOf(data, { ...coded, sensitive: true }),
    await shelvesOf(data, { ...coded, sensitive: true }),
    await shelvesOf(data, coded),
  ]
  expect([...common(blocksOf(one), blocksOf(two)), ...common(blocksOf(one), blocksOf(plain))]).toEqual([])
})

test('[SEAL-2] equal chunks of a sensitive file are sealed differently, and read back', async () => {
  const data = new Uint8Array(3 * MIB)
  const shelves = await shelvesOf([new Blob([data])], { ...coded, sensitive: true })
  expect(shelves.fragments.size).toBe(12)
  const object = await shelves.open()
  const rows = await allRows(object, shelves.fragments)
  expect(
    await readAll(readObject(object, 0, data.byteLength, shelves.keys, async (_, chunk) => rows[chunk] as Map<number, Bytes>)),
  ).toEqual(data)
})

test('[SEAL-9] fragments come in whole chunks, the manifest after them and its root last of all', async () => {
  const batches: { shelf: string; doneMib: number; lastId: BlockId | undefined }[] = []
  const { object } = await importObject(
    pieces(bytesOf(20 * MIB), MIB),
    { k: 4, rows: 6, sensitive: false },
    await keysOfRoom('room'),
    async (shelf, blocks, doneBytes) => {
      batches.push({ shelf, doneMib: doneBytes / MIB, lastId: blocks.at(-1)?.id })
    },
  )
  expect(batches.map(({ shelf, doneMib }) => [shelf, doneMib])).toEqual([
    ['fragment', 8],
    ['fragment', 16],
    ['fragment', 20],
    ['manifest', 20],
  ])
  expect(batches.at(-1)?.lastId).toBe(object)
})

test('[SEAL-9] while the store is slow, no more than a few batches are ahead of it', async () => {
  let made = 0
  let stored = 0
  let most = 0
  async function* many(): AsyncGenerator<Uint8Array> {
    for (; made < 100; made++) {
      most = Math.max(most, made - stored)
      yield bytesOf(MIB, made + 1)
    }
  }
  await importObject(many(), { k: 1, rows: 3, sensitive: false }, await keysOfRoom('room'), async (_, __, doneBytes) => {
    await new Promise((resolve) => setTimeout(resolve, 10))
    stored = doneBytes / MIB
  })
  expect(most).toBeLessThan(40)
})

test('[SEAL-9] a store that refuses ends the import, and the source is let go', async () => {
  let isLetGo = false
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(MIB)
    } finally {
      isLetGo = true
    }
  }
  const full = importObject(endless(), { k: 1, rows: 3, sensitive: false }, await keysOfRoom('room'), async () => {
    throw new Error('full')
  })
  await expect(full).rejects.toThrow('full')
  expect(isLetGo).toBe(true)
})

test('[SEAL-10] several small files are one object, and each has its place and the root it would have alone', async () => {
  const files = [bytesOf(1000), new Uint8Array(), bytesOf(5000, 2)]
  const { parts, bytes } = await shelvesOf(files.map((file) => new Blob([file])))
  const alone = await Promise.all(files.map(async (file) => (await shelvesOf([new Blob([file])])).parts[0]?.root))
  expect({ parts, bytes }).toEqual({
    bytes: 6000,
    parts: [
      { offset: 0, bytes: 1000, root: alone[0] },
      { offset: 1000, bytes: 0, root: alone[1] },
      { offset: 1000, bytes: 5000, root: alone[2] },
    ],
  })
})

test('[SEAL-10] a pack of empty files keeps them all; one of more than a chunk is refused', async () => {
  expect((await shelvesOf([new Blob([]), new Blob([])])).parts.map(({ offset, bytes }) => [offset, bytes])).toEqual([
    [0, 0],
    [0, 0],
  ])
  await expect(shelvesOf([new Blob([bytesOf(MIB)]), new Blob(['a'])])).rejects.toMatchObject({ code: 'file-invalid' })
})

test('copies are the sealed chunk itself: one fragment for all rows', async () => {
  const shelves = await shelvesOf([new Blob([bytesOf(MIB + 5)])], { k: 1, rows: 8 })
  const object = await shelves.open()
  expect([...shelves.fragments.values()].map(({ byteLength }) => byteLength)).toEqual([MIB + 16 * 16, 5 + 16])
  expect(object.chunks.map(({ ids }) => [ids.length, new Set(ids).size])).toEqual([
    [8, 1],
    [8, 1],
  ])
})

const SIZES = [0, 1, 65_535, 65_536, MIB - 1, MIB, MIB + 1, 3 * MIB + 12_345]

test('[SEAL-7] any k rows of an object give any range of it, for any k, rows and size', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 16 }),
      fc.integer({ min: 0, max: 8 }),
      fc.constantFrom(...SIZES),
      fc.boolean(),
      fc.nat(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (k, spare, size, sensitive, seed, from, share) => {
        const data = bytesOf(size, seed + 1)
        const shelves = await shelvesOf([new Blob([data])], { k, rows: k + spare, sensitive })
        const object = await shelves.open()
        const rows = await allRows(object, shelves.fragments)
        const offset = Math.floor(from * size)
        const length = Math.round(share * (size - offset))
        const read = readObject(object, offset, length, shelves.keys, async (_, chunk) =>
          someRows(rows[chunk] as Map<number, Bytes>, k, seed),
        )
        expect(Buffer.from(await readAll(read)).equals(data.subarray(offset, offset + length))).toBe(true)
      },
    ),
    { numRuns: 60 },
  )
})

/** k of them, drawn by the seed. */
function someRows(rows: ReadonlyMap<number, Bytes>, k: number, seed: number): ReadonlyMap<number, Bytes> {
  const drawn = [...rows].map(([row, bytes]) => ({ row, bytes, rank: Math.imul(row + 1, seed | 1) >>> 0 }))
  return new Map(
    drawn
      .sort((a, b) => a.rank - b.rank)
      .slice(0, k)
      .map(({ row, bytes }) => [row, bytes]),
  )
}

test('ids of fragments are SHA-256 of what is stored', async () => {
  const { fragments } = await shelvesOf([new Blob([bytesOf(MIB)])], coded)
  for (const [id, bytes] of fragments) expect(digestOf(id)).toEqual(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
})
