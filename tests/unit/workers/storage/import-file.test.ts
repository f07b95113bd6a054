import { unixfs } from '@helia/unixfs'
import { CID } from 'multiformats/cid'
import { expect, test } from 'vitest'
import { digestOf, toBlockId } from '../../../../src/core/storage/block-id.ts'
import { isLeaf } from '../../../../src/core/storage/fetch-state.ts'
import { parseFileNode } from '../../../../src/core/storage/unixfs-node.ts'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import type { BlockId } from '../../../../src/protocol/ids.ts'
import { Importer } from '../../../../src/tab/storage/importer.ts'
import { readRange } from '../../../../workers/storage/read-range.ts'
import { bytesOf, inThisThread, readAll } from '../../../twins/files-tab.ts'

const MIB = 1024 * 1024
const never = new AbortController().signal

async function importOf(data: Blob | AsyncIterable<Uint8Array>) {
  const blocks = new Map<BlockId, Bytes>()
  const sizes: number[] = []
  const imported = await new Importer(inThisThread()).run(
    data,
    async (batch, doneBytes) => {
      for (const { id, bytes } of batch) blocks.set(id, bytes)
      sizes.push(doneBytes)
    },
    never,
  )
  return { ...imported, blocks, sizes }
}

async function* pieces(data: Bytes, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.byteLength; at += size) yield data.slice(at, at + size)
}

test('[STORAGE-5] an empty file is the empty raw leaf', async () => {
  const { root, bytes, blocks } = await importOf(new Blob([]))
  expect({ root, bytes, stored: blocks.size }).toEqual({
    root: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
    bytes: 0,
    stored: 1,
  })
})

test('[STORAGE-5] a file of one byte is one raw leaf', async () => {
  const { root, blocks } = await importOf(new Blob(['a']))
  expect([root, blocks.size]).toEqual(['bafkreigks6arfsq3xxfpvqrrwonchxcnu6do76auprhhfomao6c273sixm', 1])
})

test('[STORAGE-5] 10 MiB are ten leaves under one root of 509 bytes', async () => {
  const { root, bytes, blocks } = await importOf(new Blob([bytesOf(10 * MIB)]))
  expect([blocks.size, blocks.get(root)?.byteLength, bytes]).toEqual([11, 509, 10 * MIB])
})

test('[STORAGE-5] the same bytes give the same id, in whatever pieces they come', async () => {
  const data = bytesOf(3 * MIB + 17)
  const { root } = await importOf(new Blob([data]))
  expect((await importOf(pieces(data, 100_000))).root).toBe(root)
  expect((await importOf(pieces(data, 2 * MIB))).root).toBe(root)
})

test('[STORAGE-5] no more than a few batches are on their way while the store is slow', async () => {
  let stored = 0
  let most = 0
  let made = 0
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (; made < 100; made++) {
      most = Math.max(most, made - stored)
      yield bytesOf(MIB, made + 1)
    }
  }
  await new Importer(inThisThread()).run(
    endless(),
    async (batch) => {
      await new Promise((resolve) => setTimeout(resolve, 5))
      stored += batch.filter(({ id }) => isLeaf(id)).length
    },
    never,
  )
  expect(most).toBeLessThan(50)
})

test('[STORAGE-6] our reader finds in a node what the importer put there', async () => {
  const { root, blocks } = await importOf(new Blob([bytesOf(2 * MIB + 5)]))
  const node = parseFileNode(blocks.get(root) as Bytes)
  expect(node?.bytes).toBe(2 * MIB + 5)
  expect(node?.children.map(({ bytes }) => bytes)).toEqual([MIB, MIB, 5])
  expect(node?.children.every(({ id }) => blocks.has(id))).toBe(true)
})

test('[STORAGE-6] a node with one changed byte is refused or says the same or other blocks, and never throws', async () => {
  const { root, blocks } = await importOf(new Blob([bytesOf(2 * MIB + 5)]))
  const block = blocks.get(root) as Bytes
  for (let at = 0; at < block.byteLength; at++) {
    const changed = block.slice()
    changed[at] = (changed[at] ?? 0) ^ 0xff
    const node = parseFileNode(changed)
    if (node === undefined) continue
    expect(node.children.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(node.bytes)
  }
  expect(parseFileNode(block.subarray(0, 100))).toBeUndefined()
  expect(parseFileNode(new Uint8Array(70_000).fill(255))).toBeUndefined()
})

test('block ids are CIDs, and hold the hash', async () => {
  const { root } = await importOf(new Blob(['hello']))
  const cid = CID.parse(root)
  expect(toBlockId(cid.bytes)).toBe(root)
  expect(digestOf(root)).toEqual(new Uint8Array(cid.multihash.digest))
  expect(digestOf('bagaaiera' as BlockId)).toBeUndefined()
})

test('[STORAGE-7] any range reads as the reference implementation reads it', async () => {
  const data = bytesOf(3 * MIB + 17)
  const { root, bytes, blocks } = await importOf(new Blob([data]))
  const load = async (id: BlockId) => blocks.get(id) as Bytes
  const store = {
    get: async function* (cid: CID) {
      yield blocks.get(cid.toString() as BlockId) as Bytes
    },
  }
  const reference = unixfs({ blockstore: store } as unknown as Parameters<typeof unixfs>[0])
  const file = { root, bytes } as Parameters<typeof readRange>[0]
  for (const [offset, length] of [
    [0, bytes],
    [0, 2],
    [MIB - 1, 2],
    [2 * MIB + 3, MIB],
    [bytes - 1, 1],
    [5, 0],
  ] as const) {
    const ours = await readAll(readRange(file, offset, length, load))
    expect(Buffer.from(ours).equals(data.subarray(offset, offset + length))).toBe(true)
    if (length > 0) expect(Buffer.from(ours).equals(await readAll(reference.cat(CID.parse(root), { offset, length })))).toBe(true)
  }
})

test('[STORAGE-7] a range loads the root and the leaves it lies in, no others', async () => {
  const { root, bytes, blocks } = await importOf(new Blob([bytesOf(6 * MIB)]))
  const loaded: BlockId[] = []
  const load = async (id: BlockId) => {
    loaded.push(id)
    return blocks.get(id) as Bytes
  }
  await readAll(readRange({ root, bytes } as Parameters<typeof readRange>[0], 4 * MIB - 1, 2, load))
  expect(loaded).toHaveLength(3)
})
