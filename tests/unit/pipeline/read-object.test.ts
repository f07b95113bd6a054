import { expect, test } from 'vitest'
import { SEALED_SEGMENT_BYTES } from '../../../src/core/storage/segments.ts'
import { chunkKey } from '../../../src/pipeline/chunk-key.ts'
import { joinChunk, splitChunk } from '../../../src/pipeline/code-chunk.ts'
import { openChunk } from '../../../src/pipeline/open-chunk.ts'
import { type LoadChunk, type LoadSegments, type ReadOptions, readObject, wrongRows } from '../../../src/pipeline/read-object.ts'
import { sealChunk } from '../../../src/pipeline/seal-chunk.ts'
import type { Bytes } from '../../../src/protocol/bytes.ts'
import { RoomError } from '../../../src/protocol/errors.ts'
import { bytesOf, readAll } from '../../twins/import-worker.ts'
import { allRows, keysOfRoom, shelvesOf } from '../../twins/shelves.ts'

const MIB = 1024 * 1024
const data = bytesOf(6 * MIB + 100)
const shelves = await shelvesOf([new Blob([data])], { k: 4, rows: 6 })
const object = await shelves.open()
const rows = await allRows(object, shelves.fragments)

const read = (offset: number, length: number, load: LoadChunk, options?: ReadOptions) =>
  readObject(object, offset, length, shelves.keys, load, options)
const rowsOf: LoadChunk = async (_, chunk) => rows[chunk] as Map<number, Bytes>
const never = () => new Promise<never>(() => undefined)

function flipped(bytes: Bytes, at: number): Bytes {
  const copy = bytes.slice()
  copy[at] = (copy[at] ?? 0) ^ 0x10
  return copy
}

test('[SEAL-8] a range loads the chunks it lies in, no others, and comes in order', async () => {
  const loaded: number[] = []
  const load: LoadChunk = async (of, chunk, signal) => {
    loaded.push(chunk)
    // The first is the last to arrive.
    await new Promise((resolve) => setTimeout(resolve, 20 - 10 * (chunk - 2)))
    return rowsOf(of, chunk, signal)
  }
  expect(await readAll(read(3 * MIB - 1, MIB + 2, load))).toEqual(data.slice(3 * MIB - 1, 4 * MIB + 1))
  expect(loaded).toEqual([2, 3, 4])
})

test('[SEAL-8] an empty range is empty, the last byte is the last', async () => {
  expect(await readAll(read(5, 0, rowsOf))).toEqual(new Uint8Array())
  expect(await readAll(read(data.byteLength, 0, rowsOf))).toEqual(new Uint8Array())
  expect(await readAll(read(data.byteLength - 1, 1, rowsOf))).toEqual(data.slice(-1))
})

test('[SEAL-6] a record that says a file is longer than its object gets nothing of it', async () => {
  const reader = read(6 * MIB, 101, () => Promise.reject(new Error('loaded')))
  await expect(reader.next()).rejects.toMatchObject({ code: 'manifest-invalid' })
})

test('[SEAL-8] who reads slowly has a few chunks loaded ahead and no more', async () => {
  const loaded: number[] = []
  const load: LoadChunk = (of, chunk, signal) => {
    loaded.push(chunk)
    return rowsOf(of, chunk, signal)
  }
  const reader = read(0, data.byteLength, load, { readAhead: 2 })
  await reader.next()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(loaded).toEqual([0, 1])
  await reader.next()
  expect(loaded).toEqual([0, 1, 2])
  await reader.return(undefined)
})

test('[SEAL-8] aborting ends a read that waits, and its loads hear of it', async () => {
  const stop = new AbortController()
  const signals: AbortSignal[] = []
  const load: LoadChunk = (_, __, signal) => {
    signals.push(signal)
    return never()
  }
  const reading = readAll(read(0, data.byteLength, load, { signal: stop.signal }))
  await new Promise((resolve) => setTimeout(resolve, 10))
  stop.abort()
  await expect(reading).rejects.toMatchObject({ code: 'aborted' })
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, true])
})

test('[SEAL-8] a reader that leaves stops the loads that are under way', async () => {
  const signals: AbortSignal[] = []
  const load: LoadChunk = (of, chunk, signal) => {
    signals.push(signal)
    return chunk === 0 ? rowsOf(of, chunk, signal) : never()
  }
  for await (const _ of read(0, data.byteLength, load)) break
  expect(signals.every(({ aborted }) => aborted)).toBe(true)
})

test('[SEAL-8] nothing is loaded for a reader who is gone before he began', async () => {
  const reader = read(0, 10, () => Promise.reject(new Error('loaded')), { signal: AbortSignal.abort() })
  await expect(readAll(reader)).rejects.toMatchObject({ code: 'aborted' })
})

test('[SEAL-8] a chunk that is nowhere fails in its turn, after all before it', async () => {
  const load: LoadChunk = (of, chunk, signal) => (chunk === 2 ? Promise.reject(new RoomError('block-missing')) : rowsOf(of, chunk, signal))
  const reader = read(0, data.byteLength, load)
  expect((await reader.next()).value).toEqual(data.slice(0, MIB))
  expect((await reader.next()).value).toEqual(data.slice(MIB, 2 * MIB))
  await expect(reader.next()).rejects.toMatchObject({ code: 'block-missing' })
})

test('[SEAL-4] a flipped bit in a fragment is found, not a byte of its chunk is given, and chunk and row are said', async () => {
  for (const row of [0, 3, 4, 5]) {
    const given = new Map(rows[1])
    const damaged = new Map([[row, flipped(given.get(row) as Bytes, 77)], ...[...given].filter(([other]) => other !== row).slice(0, 3)])
    const reader = read(MIB, 2 * MIB, async (of, chunk, signal) => (chunk === 1 ? damaged : rowsOf(of, chunk, signal)))
    await expect(reader.next()).rejects.toMatchObject({ code: 'block-mismatch', detail: `chunk 1, wrong rows: ${row}` })
  }
})

test('[SEAL-4] which of several fragments are wrong is told apart from which are not there', async () => {
  const given = new Map(rows[0])
  given.set(1, flipped(given.get(1) as Bytes, 0))
  given.set(5, new Uint8Array(3))
  given.delete(2)
  expect(await wrongRows(object, 0, given)).toEqual([1, 5])
})

test('[SEAL-4] too few fragments, or some of a wrong length, are missing ones', async () => {
  const few = new Map([...(rows[0] as Map<number, Bytes>)].slice(0, 3))
  await expect(readAll(read(0, 10, async () => few))).rejects.toMatchObject({ code: 'block-missing' })
  await expect(readAll(read(0, 10, async () => few.set(3, new Uint8Array(7))))).rejects.toMatchObject({ code: 'block-missing' })
})

test('[SEAL-4] a flipped bit anywhere in a sealed chunk does not open; nor do segments that changed places', async () => {
  const plain = bytesOf(200_000)
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const chunk = { bytes: plain.byteLength, hash: new Uint8Array(await crypto.subtle.digest('SHA-256', plain)) }
  const sealed = await sealChunk(plain, key)
  expect(await openChunk(sealed, chunk, key)).toEqual(plain)
  for (const at of [0, 65_535, 65_536, 65_551, 65_552, 131_104, sealed.byteLength - 1]) {
    await expect(openChunk(flipped(sealed, at), chunk, key)).rejects.toMatchObject({ code: 'block-mismatch' })
  }
  const swapped = sealed.slice()
  swapped.set(sealed.subarray(0, 65_552), 65_552)
  swapped.set(sealed.subarray(65_552, 131_104))
  await expect(openChunk(swapped, chunk, key)).rejects.toMatchObject({ code: 'block-mismatch' })
  await expect(openChunk(sealed.slice(0, -1), chunk, key)).rejects.toMatchObject({ code: 'block-mismatch' })
})

test('[SEAL-4] a member who seals other bytes than the checksum says deceives nobody', async () => {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const sealed = await sealChunk(bytesOf(1000, 2), key)
  await expect(openChunk(sealed, { bytes: 1000, hash: bytesOf(32) }, key)).rejects.toMatchObject({ code: 'block-mismatch' })
})

test('[SEAL-5] another room opens no chunk of this one', async () => {
  const reading = readAll(readObject(object, 0, 10, await keysOfRoom('another room'), rowsOf))
  await expect(reading).rejects.toMatchObject({ code: 'block-mismatch', detail: 'chunk 0, wrong rows: none' })
})

test('data fragments are views of the sealed chunk, but for what fills up the last', () => {
  const sealed = bytesOf(MIB + 16 * 16)
  const fragments = splitChunk(sealed, { k: 10, rows: 14 })
  expect(fragments.map(({ buffer }) => buffer === sealed.buffer)).toEqual([...new Array(9).fill(true), false])
  expect(splitChunk(sealed, { k: 1, rows: 3 })).toEqual([sealed])
})

/** Segments as holders would give them, out of the sealed chunk. */
const segmentsFrom =
  (change: (sealed: Bytes) => Bytes = (sealed) => sealed): LoadSegments =>
  async (of, chunk, { first, count }) => {
    const sealed = change(joinChunk(rows[chunk] as Map<number, Bytes>, of.chunks[chunk]?.bytes ?? 0, of))
    return sealed.slice(first * SEALED_SEGMENT_BYTES, (first + count) * SEALED_SEGMENT_BYTES)
  }

test('[SEAL-14] a short range opens from its segments alone, also where it ends in the next chunk', async () => {
  const nothing: LoadChunk = () => Promise.reject(new RoomError('block-missing'))
  for (const [offset, length] of [
    [5, 1],
    [3 * MIB + 65_535, 65_536],
    [2 * MIB - 20_000, 65_536],
  ] as const) {
    const got = await readAll(read(offset, length, nothing, { loadSegments: segmentsFrom() }))
    expect(got).toEqual(data.slice(offset, offset + length))
  }
})

test('[SEAL-14] of a long range the first bytes come ahead, the rest with whole chunks, each byte once', async () => {
  const loaded: number[] = []
  const load: LoadChunk = (of, chunk, signal) => {
    loaded.push(chunk)
    return rowsOf(of, chunk, signal)
  }
  const reader = read(MIB + 100, 2 * MIB, load, { loadSegments: segmentsFrom() })
  const first = (await reader.next()).value as Bytes
  expect([first.byteLength, loaded]).toEqual([2 * 65_536 - 100, []])
  const rest = await readAll(reader)
  expect(Buffer.concat([first, rest]).equals(data.subarray(MIB + 100, 3 * MIB + 100))).toBe(true)
  expect(loaded).toEqual([1, 2, 3])
})

test('[SEAL-14] a segment that a member sealed anew is not the one the manifest names: the chunk is read whole', async () => {
  const key = await chunkKey(shelves.keys, object.chunks[2]?.hash as Uint8Array)
  const forged = await sealChunk(bytesOf(MIB, 77), key)
  for (const given of [
    segmentsFrom(() => forged),
    segmentsFrom((sealed) => flipped(sealed, 70_000)),
    segmentsFrom((s) => s.subarray(0, 90_000)),
  ]) {
    expect(await readAll(read(2 * MIB + 65_536, 10, rowsOf, { loadSegments: given }))).toEqual(
      data.slice(2 * MIB + 65_536, 2 * MIB + 65_546),
    )
  }
  const failing: LoadSegments = () => Promise.reject(new RoomError('aborted'))
  expect(await readAll(read(2 * MIB, 10, rowsOf, { loadSegments: failing }))).toEqual(data.slice(2 * MIB, 2 * MIB + 10))
})

test('[SEAL-14] an object of before there were segments is read by whole chunks', async () => {
  const old = { ...object, chunks: object.chunks.map((chunk) => ({ hash: chunk.hash, bytes: chunk.bytes, ids: chunk.ids })) }
  const unasked: LoadSegments = () => Promise.reject(new Error('asked for segments'))
  expect(await readAll(readObject(old, 9, 9, shelves.keys, rowsOf, { loadSegments: unasked }))).toEqual(data.slice(9, 18))
})

test('[SEAL-8] a reader that goes while segments are on their way ends the waiting', async () => {
  const gone = new AbortController()
  const reading = read(0, 10, rowsOf, { signal: gone.signal, loadSegments: never }).next()
  gone.abort()
  await expect(reading).rejects.toMatchObject({ code: 'aborted' })
})
