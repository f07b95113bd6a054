import { unixfs } from '@helia/unixfs'
import type { CID } from 'multiformats/cid'
import { expect, test } from 'vitest'
import { cutChunks } from '../../../src/pipeline/cut-chunks.ts'
import { sha256 } from '../../../src/pipeline/sha256.ts'
import { unixfsRoot } from '../../../src/pipeline/unixfs-root.ts'
import type { Bytes } from '../../../src/protocol/bytes.ts'
import { bytesOf, pieces } from '../../twins/import-worker.ts'
import { shelvesOf } from '../../twins/shelves.ts'
import { contentOf, type UnixfsFile, unixfsFiles } from '../../twins/unixfs-files.ts'
import { readVectors } from '../protocol/vectors.ts'

test.each(unixfsFiles)('[SEAL-11] $name has the root that ipfs add --profile=unixfs-v1-2025 gives it', async (file) => {
  const { parts } = await shelvesOf([new Blob([contentOf(file)])])
  expect(parts[0]?.root).toBe(file['unixfs-v1-2025'])
})

test('[SEAL-11] the root is the same in whatever pieces the bytes come', async () => {
  const data = bytesOf(3 * 1024 * 1024 + 17)
  const [whole, ...others] = await Promise.all([
    shelvesOf([new Blob([data])]),
    shelvesOf(pieces(data, 99_991)),
    shelvesOf(pieces(data, 1024 * 1024)),
    shelvesOf(pieces(data, 2_500_000)),
  ])
  expect(others.map(({ parts }) => parts[0]?.root)).toEqual(new Array(3).fill(whole?.parts[0]?.root))
})

/** Leaves of 16 bytes: what is tested is the tree, and a tree of this width over leaves of a MiB takes gigabytes. */
test.each([1, 2, 1023, 1024, 1025, 2048, 2049, 5000])('[SEAL-11] a tree over %i leaves is the one that Helia builds', async (count) => {
  const data = bytesOf(count * 16 - 3)
  const leaves = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const leaf = data.slice(i * 16, i * 16 + 16)
      return { hash: await sha256(leaf), bytes: leaf.byteLength }
    }),
  )
  const blockstore = { put: async (cid: CID) => cid } as unknown as Parameters<typeof unixfs>[0]['blockstore']
  const root = await unixfs({ blockstore }).addByteStream(pieces(data, 16), { chunker: (leaves) => leaves })
  expect(await unixfsRoot(leaves)).toBe(root.toString())
})

test('chunks are cut whole, whatever the pieces', async () => {
  const data = bytesOf(2 * 1024 * 1024 + 5)
  const cut = async (source: AsyncIterable<Uint8Array>) => {
    const chunks: Bytes[] = []
    for await (const chunk of cutChunks(source)) chunks.push(chunk)
    return chunks
  }
  for (const size of [1_000, 1024 * 1024, 1024 * 1024 + 1, data.byteLength]) {
    const chunks = await cut(pieces(data, size))
    expect(chunks.map(({ byteLength }) => byteLength)).toEqual([1024 * 1024, 1024 * 1024, 5])
    expect(Buffer.concat(chunks).equals(data)).toBe(true)
  }
})

test('[SEAL-1] an object that was sealed once has the same id ever after', async () => {
  const { secret, objects } = readVectors<{ secret: string; objects: (UnixfsFile & { k: number; rows: number; object: string })[] }>('seal')
  for (const file of objects) {
    const { object } = await shelvesOf([new Blob([contentOf(file)])], file, secret)
    expect([file.name, object]).toEqual([file.name, file.object])
  }
})
