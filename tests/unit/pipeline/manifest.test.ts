import { describe, expect, test } from 'vitest'
import { fragmentId } from '../../../src/pipeline/fragment-id.ts'
import { type ManifestDraft, openManifest, sealManifest } from '../../../src/pipeline/manifest.ts'
import { unixfsRoot } from '../../../src/pipeline/unixfs-root.ts'
import { type Bytes, concatBytes } from '../../../src/protocol/bytes.ts'
import { encodeFrame } from '../../../src/protocol/frame.ts'
import type { BlockId } from '../../../src/protocol/ids.ts'
import { MANIFEST_PAGE_CHUNKS } from '../../../src/protocol/limits.ts'
import { type ManifestChunk, manifestContext } from '../../../src/protocol/object.ts'
import type { StoredBlock } from '../../../src/protocol/storage-worker.ts'
import { bytesOf } from '../../twins/import-worker.ts'
import { keysOfRoom, loadFrom, shelvesOf } from '../../twins/shelves.ts'

const MIB = 1024 * 1024
const keys = await keysOfRoom('room')
const invalid = expect.objectContaining({ code: 'manifest-invalid' })

/** Hashes and ids made up: nothing that a manifest says of itself needs the bytes. */
function chunksOf(count: number, rows: number, lastBytes = MIB): ManifestChunk[] {
  return Array.from({ length: count }, (_, i) => ({
    hash: bytesOf(32, i + 1),
    bytes: i === count - 1 ? lastBytes : MIB,
    fragments: bytesOf(32 * rows, 1000 + i),
  }))
}

async function honest(count = 3, { k = 4, rows = 6, lastBytes = 500 } = {}): Promise<ManifestDraft> {
  const chunks = chunksOf(count, rows, lastBytes)
  return { bytes: (count - 1) * MIB + lastBytes, root: await unixfsRoot(chunks), k, rows, key: null, chunks }
}

async function opened(draft: ManifestDraft) {
  const { id, blocks } = await sealManifest(draft, keys)
  return openManifest(id, loadFrom(new Map(blocks.map((block) => [block.id, block.bytes]))), keys)
}

test('a manifest of several pages opens to what was sealed, and names all its blocks, the root first', async () => {
  const draft = await honest(2 * MANIFEST_PAGE_CHUNKS + 1)
  const { id, blocks } = await sealManifest(draft, keys)
  const object = await opened(draft)
  expect({ ...object, chunks: object.chunks.length, blocks: new Set(object.blocks) }).toEqual({
    id,
    bytes: draft.bytes,
    k: 4,
    rows: 6,
    root: draft.root,
    key: null,
    chunks: 2 * MANIFEST_PAGE_CHUNKS + 1,
    blocks: new Set(blocks.map((block) => block.id)),
  })
  expect(object.blocks[0]).toBe(id)
  expect(object.chunks[7]?.hash).toEqual(draft.chunks[7]?.hash)
  expect(new Set(object.chunks[7]?.ids).size).toBe(6)
})

test('[SEAL-6] an empty object has no pages and no chunks, and no other length', async () => {
  const root = await unixfsRoot([])
  expect((await opened({ bytes: 0, root, k: 1, rows: 3, key: null, chunks: [] })).chunks).toEqual([])
  await expect(opened({ bytes: 1, root, k: 1, rows: 3, key: null, chunks: [] })).rejects.toEqual(invalid)
})

describe('a manifest that lies is refused', () => {
  const lies: Record<string, (draft: ManifestDraft) => Partial<ManifestDraft>> = {
    'one byte more': ({ bytes }) => ({ bytes: bytes + 1 }),
    'one byte less': ({ bytes }) => ({ bytes: bytes - 1 }),
    'a chunk more than there is': ({ bytes }) => ({ bytes: bytes + MIB }),
    'another size, with its chunk to match': ({ chunks }) => ({
      bytes: 2 * MIB + 600,
      chunks: chunks.map((chunk, i) => (i === 2 ? { ...chunk, bytes: 600 } : chunk)),
    }),
    'a short chunk in the middle': ({ chunks }) => ({ chunks: chunks.map((chunk, i) => (i === 1 ? { ...chunk, bytes: 500 } : chunk)) }),
    'chunks in another order': ({ chunks }) => ({ chunks: [chunks[1], chunks[0], chunks[2]] as ManifestChunk[] }),
    'a chunk of other bytes': ({ chunks }) => ({
      chunks: chunks.map((chunk, i) => (i === 1 ? { ...chunk, hash: bytesOf(32, 99) } : chunk)),
    }),
    'more needed than there are rows': () => ({ k: 7 }),
    'no rows needed': () => ({ k: 0 }),
    'more rows than ids': () => ({ rows: 7 }),
    'fewer rows than ids': () => ({ rows: 5 }),
    'more rows than any object has': () => ({ rows: 33 }),
    'copies that differ': () => ({ k: 1 }),
    'another checksum of the whole': () => ({ root: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku' as BlockId }),
    'segments too few': ({ chunks }) => ({ chunks: chunks.map((chunk) => ({ ...chunk, segments: new Uint8Array(15 * 16) })) }),
    'segments too many': ({ chunks }) => ({ chunks: chunks.map((chunk) => ({ ...chunk, segments: new Uint8Array(16 * 16) })) }),
    'half an id': ({ chunks }) => ({ chunks: chunks.map((chunk) => ({ ...chunk, fragments: chunk.fragments.slice(0, 6 * 32 - 16) })) }),
  }
  for (const [name, lie] of Object.entries(lies)) {
    test(`[SEAL-6] ${name}`, async () => {
      const draft = await honest()
      await expect(opened({ ...draft, ...lie(draft) })).rejects.toEqual(invalid)
    })
  }
})

/** As the format is written down, by hand: for what `sealManifest` would not write. */
async function sealedByHand(kind: 'object' | 'page', message: unknown): Promise<StoredBlock> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const algorithm = { name: 'AES-GCM', iv, additionalData: manifestContext(kind) }
  const sealed = await crypto.subtle.encrypt(algorithm, keys.manifest, encodeFrame(message))
  const bytes = concatBytes([iv, new Uint8Array(sealed)])
  return { id: await fragmentId(bytes), bytes }
}

type Page = { id: BlockId; chunks: number }

/** Opens a root that names these pages, of two full ones that are there, and counts the pages that were loaded. */
async function openedWith(pagesOf: (first: Page, second: Page) => readonly Page[]) {
  const { chunks, ...draft } = await honest(2 * MANIFEST_PAGE_CHUNKS, { lastBytes: MIB })
  const halves = [chunks.slice(0, MANIFEST_PAGE_CHUNKS), chunks.slice(MANIFEST_PAGE_CHUNKS)]
  const blocks = await Promise.all(halves.map((half) => sealedByHand('page', { t: 'page', chunks: half })))
  const [first, second] = blocks.map(({ id }) => ({ id, chunks: MANIFEST_PAGE_CHUNKS })) as [Page, Page]
  const root = await sealedByHand('object', { t: 'object', ...draft, pages: pagesOf(first, second) })
  const held = new Map([...blocks, root].map(({ id, bytes }) => [id, bytes]))
  let pagesLoaded = 0
  const load = (id: BlockId) => {
    if (id !== root.id) pagesLoaded++
    return loadFrom(held)(id)
  }
  const isOpened = await openManifest(root.id, load, keys).then(
    () => true,
    (error) => error.code,
  )
  return { isOpened, pagesLoaded }
}

test('[SEAL-6] pages in their order open; in another order, one twice, or one too few they do not', async () => {
  expect(await openedWith((first, second) => [first, second])).toEqual({ isOpened: true, pagesLoaded: 2 })
  expect(await openedWith((first, second) => [second, first])).toEqual({ isOpened: 'manifest-invalid', pagesLoaded: 2 })
  expect(await openedWith((first) => [first, first])).toEqual({ isOpened: 'manifest-invalid', pagesLoaded: 2 })
  expect(await openedWith((first) => [first])).toEqual({ isOpened: 'manifest-invalid', pagesLoaded: 0 })
})

test('[SEAL-6] pages that cannot add up are not even loaded', async () => {
  expect(await openedWith((first, second) => [first, second, second])).toEqual({ isOpened: 'manifest-invalid', pagesLoaded: 0 })
  expect(await openedWith((first, second) => [{ ...first, chunks: 1 }, second])).toEqual({ isOpened: 'manifest-invalid', pagesLoaded: 0 })
  expect(await openedWith((first, second) => new Array(512).fill(first).concat(second))).toEqual({
    isOpened: 'manifest-invalid',
    pagesLoaded: 0,
  })
})

test('[SEAL-6] a page does not pass for a root, nor a root for a page', async () => {
  const { chunks, ...draft } = await honest()
  const root = await sealedByHand('page', { t: 'object', ...draft, pages: [] })
  await expect(openManifest(root.id, async () => root.bytes, keys)).rejects.toEqual(invalid)
  const page = await sealedByHand('object', { t: 'page', chunks })
  const around = await sealedByHand('object', { t: 'object', ...draft, pages: [{ id: page.id, chunks: chunks.length }] })
  const held = new Map([page, around].map(({ id, bytes }) => [id, bytes]))
  await expect(openManifest(around.id, loadFrom(held), keys)).rejects.toEqual(invalid)
})

test('[SEAL-4] one flipped bit, wherever it is in root or page, is found', async () => {
  const shelves = await shelvesOf([new Blob([bytesOf(MIB + 5)])], { k: 4, rows: 6 })
  for (const [id, bytes] of shelves.manifest) {
    for (let at = 0; at < bytes.byteLength; at += 7) {
      const flipped = bytes.slice()
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8))
      const load = loadFrom(new Map([...shelves.manifest, [id, flipped as Bytes]]))
      await expect(openManifest(shelves.object, load, shelves.keys)).rejects.toEqual(invalid)
    }
  }
})

test('[SEAL-4] a sound block of another manifest in place of the one asked for is found', async () => {
  const [one, other] = [await shelvesOf([new Blob(['one'])]), await shelvesOf([new Blob(['other'])])]
  await expect(
    openManifest(one.object, loadFrom(new Map([[one.object, other.manifest.get(other.object) as Bytes]])), keys),
  ).rejects.toEqual(invalid)
})

test('[SEAL-5] another room opens no manifest of this one', async () => {
  const shelves = await shelvesOf([new Blob(['secret'])])
  await expect(openManifest(shelves.object, loadFrom(shelves.manifest), await keysOfRoom('another room'))).rejects.toEqual(invalid)
})

test('a manifest that is not here is missing, not invalid', async () => {
  const shelves = await shelvesOf([new Blob(['secret'])])
  await expect(openManifest(shelves.object, loadFrom(new Map()), keys)).rejects.toMatchObject({ code: 'block-missing' })
})

test('[SEAL-6] whatever is behind a root or a page, it is refused and never throws anything else', async () => {
  for (const bytes of [new Uint8Array(), bytesOf(11), bytesOf(12), bytesOf(40), bytesOf(2 * MIB), encodeFrame(['page'])]) {
    await expect(openManifest(await fragmentId(bytes), async () => bytes, keys)).rejects.toEqual(invalid)
  }
  for (const message of [null, [], { t: 'object' }, { t: 'object', ...(await honest()), pages: 'none' }]) {
    const root = await sealedByHand('object', message)
    await expect(openManifest(root.id, async () => root.bytes, keys)).rejects.toEqual(invalid)
  }
})
