/** What a device that keeps fragments and manifests can learn from them. */
import { expect, test } from 'vitest'
import { digestOf } from '../../../src/core/storage/block-id.ts'
import { deriveFileKeys } from '../../../src/pipeline/file-keys.ts'
import { importObject } from '../../../src/pipeline/import-object.ts'
import { type Bytes, concatBytes } from '../../../src/protocol/bytes.ts'
import { keysOfRoom, shelvesOf } from '../../twins/shelves.ts'

const SENTENCE = 'The quick brown fox jumps over the lazy dog, and nobody but the room shall know. '
const NAME = 'where the fox lives.txt'
const text = new TextEncoder().encode(SENTENCE.repeat(40_000))

/** Bits per byte; 8 is noise, and what is as short as these blocks comes near it. */
function entropyOf(bytes: Bytes): number {
  const counts = new Array<number>(256).fill(0)
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1
  return counts.reduce((sum, count) => (count === 0 ? sum : sum - (count / bytes.byteLength) * Math.log2(count / bytes.byteLength)), 0)
}

test.each([
  ['copies', { k: 1, rows: 3 }],
  ['coded', { k: 10, rows: 14 }],
  ['sensitive', { k: 4, rows: 6, sensitive: true }],
])('[SEAL-3] %s: no block shows a word, a checksum or a root, and all are as random as noise', async (_, layout) => {
  const shelves = await shelvesOf([new File([text], NAME)], layout)
  const { chunks, root } = await shelves.open()
  const blocks = [...shelves.fragments.values(), ...shelves.manifest.values()]
  const stored = Buffer.concat(blocks)
  const secrets = [NAME, SENTENCE.slice(0, 12), root, digestOf(root) as Bytes, ...chunks.map(({ hash }) => hash)]
  expect(secrets.map((secret) => Buffer.from(secret)).filter((secret) => stored.includes(secret))).toEqual([])
  for (const block of shelves.fragments.values()) if (block.byteLength > 50_000) expect(entropyOf(block)).toBeGreaterThan(7.99)
  const small = concatBytes([...shelves.manifest.values()])
  // A manifest of three chunks has about a kilobyte.
  expect(entropyOf(small)).toBeGreaterThan(small.byteLength > 1000 ? 7.7 : 7)
})

test('[SEAL-3] fragments do not name each other: no shelf of fragments tells which belong together', async () => {
  const { fragments } = await shelvesOf([new Blob([text])], { k: 4, rows: 6 })
  const stored = Buffer.concat([...fragments.values()])
  expect([...fragments.keys()].filter((id) => stored.includes(id) || stored.includes(Buffer.from(digestOf(id) as Bytes)))).toEqual([])
})

test('[SEAL-3] the keys of a room can be handed on but not read, and each has one use', async () => {
  const keys = await keysOfRoom('room')
  expect(Object.values(keys).map(({ extractable, usages }) => ({ extractable, usages }))).toEqual([
    { extractable: false, usages: ['encrypt', 'decrypt'] },
    { extractable: false, usages: ['sign'] },
    { extractable: false, usages: ['deriveKey'] },
  ])
  await expect(crypto.subtle.exportKey('raw', keys.manifest)).rejects.toThrow()
})

test('[SEAL-3] keys follow from labels of their own', async () => {
  const labels: string[] = []
  await deriveFileKeys(async (label) => {
    labels.push(label)
    return new Uint8Array(32)
  })
  expect(labels).toEqual(['file manifest epoch 0', 'file nonce epoch 0', 'file chunk epoch 0'])
})

test('[SEAL-3] a key handed to the worker by structured clone seals the same object', async () => {
  const layout = { k: 4, rows: 6, sensitive: false }
  const importWith = async (keys: Parameters<typeof importObject>[2]) =>
    (await importObject([new Blob([text])], layout, keys, async () => undefined)).object
  const keys = await keysOfRoom('room')
  expect(await importWith(structuredClone(keys))).toBe(await importWith(keys))
})
