/** The format as docs say it, followed step by step with another crypto library: what one build seals, any other opens. */
import { createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto'
import { decode } from 'cborg'
import { expect, test } from 'vitest'
import { toRawId } from '../../../src/core/storage/block-id.ts'
import type { BlockId } from '../../../src/protocol/ids.ts'
import { type ManifestPage, type ManifestRoot, manifestContext } from '../../../src/protocol/object.ts'
import { bytesOf } from '../../twins/import-worker.ts'
import { type Shelves, shelvesOf } from '../../twins/shelves.ts'

const SEALED_SEGMENT_BYTES = 64 * 1024 + 16

const keyOf = (label: string) => createHash('sha256').update(`room file ${label} epoch 0`).digest()

function unseal(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array, context?: Uint8Array): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, iv)
  if (context !== undefined) cipher.setAAD(context)
  cipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()])
}

function manifestBlock<T>(shelves: Shelves, kind: 'object' | 'page', id: BlockId): T {
  const block = shelves.manifest.get(id) as Uint8Array
  const context = manifestContext(kind)
  const plain = unseal(keyOf('manifest'), block.subarray(0, 12), block.subarray(12), context)
  const mac = createHmac('sha256', keyOf('nonce')).update(context).update(plain).digest()
  expect(Buffer.from(block.subarray(0, 12))).toEqual(mac.subarray(0, 12))
  return decode(plain) as T
}

test.each([
  ['equal bytes, equal keys', false],
  ['a key of its own', true],
])('[SEAL-1] an object opens by hand: %s', async (_, sensitive) => {
  const data = bytesOf(1024 * 1024 + 70_000)
  const shelves = await shelvesOf([new Blob([data])], { k: 4, rows: 6, sensitive })
  const root = manifestBlock<ManifestRoot>(shelves, 'object', shelves.object)
  const chunks = root.pages.flatMap(({ id }) => manifestBlock<ManifestPage>(shelves, 'page', id).chunks)
  const opened = chunks.map(({ hash, bytes, fragments }, index) => {
    const ids = [0, 1, 2, 3].map((row) => toRawId(fragments.subarray(row * 32, row * 32 + 32)))
    const sealed = Buffer.concat(ids.map((id) => shelves.fragments.get(id) as Uint8Array))
    const number = Buffer.alloc(4)
    number.writeUInt32BE(index)
    const info = Buffer.concat([Buffer.from('asterism chunk 1'), ...(root.key === null ? [] : [number])])
    const key = new Uint8Array(hkdfSync('sha256', root.key ?? keyOf('chunk'), hash, info, 32))
    const segments = Array.from({ length: Math.ceil(bytes / (64 * 1024)) }, (_, segment) => {
      const from = segment * SEALED_SEGMENT_BYTES
      const end = Math.min(from + SEALED_SEGMENT_BYTES, bytes + 16 * Math.ceil(bytes / (64 * 1024)))
      const iv = Buffer.alloc(12)
      iv.writeUInt32BE(segment, 8)
      return unseal(key, iv, sealed.subarray(from, end))
    })
    return Buffer.concat(segments)
  })
  expect(Buffer.concat(opened).equals(data)).toBe(true)
})
