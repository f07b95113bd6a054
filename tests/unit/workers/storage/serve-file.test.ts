import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import { toFileId, toRoomId } from '../../../../src/protocol/ids.ts'
import type { ImportLayout } from '../../../../src/protocol/import-worker.ts'
import { READ_AHEAD_BLOCKS } from '../../../../src/protocol/limits.ts'
import type { ChunkNeeded, Needed, SegmentsNeeded, StorageRequest } from '../../../../src/protocol/storage-worker.ts'
import { answerRequest } from '../../../../workers/storage/answer-request.ts'
import { closeDatabase } from '../../../../workers/storage/database.ts'
import { IdbBlockStore } from '../../../../workers/storage/idb-block-store.ts'
import { serveFile } from '../../../../workers/storage/serve-file.ts'
import { rotOnDisk } from '../../../twins/device-disk.ts'
import { bytesOf } from '../../../twins/import-worker.ts'
import { allRows, type Shelves, shelvesOf } from '../../../twins/shelves.ts'

const MIB = 1024 * 1024
const ROOM = toRoomId(new Uint8Array(16))
const store = new IdbBlockStore()
const nobody = async () => {}
const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes))
const randomData = (bytes: number) => {
  const data = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536))
  return data
}

async function ask(request: StorageRequest<Blob, CryptoKey>): Promise<void> {
  const reply = await answerRequest(store, request)
  if (reply.t === 'failed') throw new Error(reply.detail)
}

/** An address whose blocks are elsewhere; every row of every chunk, to store as one likes. */
async function published(data: Bytes, layout: Partial<ImportLayout> = {}, place = { offset: 0, bytes: data.byteLength }) {
  const shelves = await shelvesOf([new Blob([data])], layout)
  const object = await shelves.open()
  const id = toFileId(random(16))
  await ask({ t: 'keys', room: ROOM, keys: shelves.keys })
  const root = shelves.parts[0]?.root ?? shelves.object
  const file = { id, object: shelves.object, root, name: 'film.mp4', type: 'video/mp4', ...place, signature: new Uint8Array(64) }
  await ask({ t: 'publish', room: ROOM, files: [file] })
  return { id, shelves, object, rows: await allRows(object, shelves.fragments) }
}

/** As a tab does that has nobody to fetch segments from. */
const readWhole = ({ asked }: SegmentsNeeded) => ask({ t: 'segments', asked, bytes: null })

type Published = Awaited<ReturnType<typeof published>>

const storeManifest = ({ manifest }: Shelves) => store.putMany(blocksIn(manifest), { shelf: 'manifest' })
const blocksIn = (blocks: ReadonlyMap<string, Bytes>) => [...blocks].map(([id, bytes]) => ({ id: id as never, bytes }))

/** As a tab that fetched them does. */
async function storeRows({ object, rows }: Published, chunk: number, wanted: readonly number[]): Promise<void> {
  const blocks = wanted.map((row) => {
    const bytes = rows[chunk]?.get(row) as Bytes
    return { id: object.chunks[chunk]?.ids[row] as never, data: new Blob([bytes]) }
  })
  await ask({ t: 'put', shelf: 'fragment', marked: true, blocks })
}

async function storeAll(file: Published, wanted: readonly number[]): Promise<void> {
  await storeManifest(file.shelves)
  for (const chunk of file.rows.keys()) await storeRows(file, chunk, wanted)
}

const request = (path: string, range?: string, method = 'GET') =>
  new Request(`https://room.test/_room/${path}`, { method, headers: range === undefined ? {} : { range } })
const bodyOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

test('[STORE-14] a file at its address answers whole, in part, to a probe, to what it lacks and to HEAD', async () => {
  const data = randomData(2 * MIB + 9)
  const file = await published(data)
  await storeAll(file, [0])

  const whole = await serveFile(request(`${ROOM}/${file.id}`), store, nobody)
  expect([whole.status, (await bodyOf(whole)).equals(data)]).toEqual([200, true])
  const probe = await serveFile(request(`${ROOM}/${file.id}`, 'bytes=0-1'), store, nobody)
  expect([probe.status, probe.headers.get('content-range'), (await bodyOf(probe)).byteLength]).toEqual([
    206,
    `bytes 0-1/${data.byteLength}`,
    2,
  ])
  const end = await serveFile(request(`${ROOM}/${file.id}`, 'bytes=-10'), store, nobody)
  expect((await bodyOf(end)).equals(data.subarray(-10))).toBe(true)
  const beyond = await serveFile(request(`${ROOM}/${file.id}`, `bytes=${data.byteLength}-`), store, nobody)
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${data.byteLength}`])
  const head = await serveFile(request(`${ROOM}/${file.id}`, undefined, 'HEAD'), store, nobody)
  expect([head.status, head.headers.get('content-length'), (await bodyOf(head)).byteLength]).toEqual([200, String(data.byteLength), 0])
})

test('a file that lies in the middle of its object is that part of it and no more', async () => {
  const data = randomData(900)
  const file = await published(data, {}, { offset: 100, bytes: 300 })
  await storeAll(file, [0])
  const whole = await serveFile(request(`${ROOM}/${file.id}`), store, nobody)

  expect((await bodyOf(whole)).equals(data.subarray(100, 400))).toBe(true)
})

test('an empty file is answered without any block', async () => {
  const file = await published(new Uint8Array())
  const whole = await serveFile(request(`${ROOM}/${file.id}`), store, nobody)

  expect([whole.status, (await bodyOf(whole)).byteLength]).toEqual([200, 0])
})

test.each(['nothing', `${ROOM}/unknown`, `${ROOM}/a/b`, 'AAAAAAAAAAAAAAAAAAAAAA', '%00/../x'])(
  'an unknown address is 404: %s',
  async (path) => {
    expect((await serveFile(request(path), store, nobody)).status).toBe(404)
  },
)

test('a file taken out of the room has no address any more, nor has one of another room', async () => {
  const file = await published(randomData(9))
  const other = toRoomId(random(16))
  await ask({ t: 'keys', room: other, keys: file.shelves.keys })
  expect((await serveFile(request(`${other}/${file.id}`), store, nobody)).status).toBe(404)
  await ask({ t: 'unpublish', room: ROOM, files: [file.id] })

  expect((await serveFile(request(`${ROOM}/${file.id}`), store, nobody)).status).toBe(404)
})

test.each([
  [0, 1, 2, 3],
  [2, 3, 4, 5],
  [5, 3, 0, 4],
])('[STORE-17] fragments %i, %i, %i and %i of six are enough when four are needed', async (...rows) => {
  const data = randomData(MIB + 500)
  const file = await published(data, { k: 4, rows: 6 })
  await storeAll(file, rows)
  const whole = await serveFile(request(`${ROOM}/${file.id}`), store, nobody)

  expect((await bodyOf(whole)).equals(data)).toBe(true)
})

test('[STORE-17] a fragment that rotted is not used: another row takes its place', async () => {
  const data = randomData(MIB)
  const file = await published(data, { k: 2, rows: 4 })
  await storeAll(file, [0, 1, 3])
  await rotOnDisk(file.object.chunks[0]?.ids[1] as never, 'fragment')
  const whole = await serveFile(request(`${ROOM}/${file.id}`), store, nobody)

  expect((await bodyOf(whole)).equals(data)).toBe(true)
})

test('[STORE-17] a chunk that opens under no key of the room gives no byte', async () => {
  const data = randomData(2 * MIB)
  const file = await published(data)
  await storeAll(file, [0])
  const { keys } = await shelvesOf([new Blob([])], {}, 'another room')
  await ask({ t: 'keys', room: ROOM, keys: { ...file.shelves.keys, chunk: keys.chunk } })
  const response = await serveFile(request(`${ROOM}/${file.id}`), store, nobody)

  await expect(response.arrayBuffer()).rejects.toThrow()
})

test('[STORE-16] what is not here is asked of a tab, manifest first, and streams on as it is stored', async () => {
  const data = bytesOf(3 * MIB, 5)
  const file = await published(data, { k: 2, rows: 3 })
  const asked: ChunkNeeded[] = []
  const askTabs = async (needed: Needed) => {
    if (needed.t === 'need-segments') return readWhole(needed)
    asked.push(needed)
    const { chunk } = needed
    if (chunk === undefined) setTimeout(() => void fetchManifest(), 5)
    else for (const row of [2, 1]) setTimeout(() => void storeRows(file, chunk, [row]), row * 10)
  }
  const fetchManifest = async () => {
    const blocks = blocksIn(file.shelves.manifest).map(({ id, bytes }) => ({ id, data: new Blob([bytes]) }))
    await ask({ t: 'put', shelf: 'manifest', marked: false, blocks })
  }
  const response = await serveFile(request(`${ROOM}/${file.id}`, `bytes=${MIB - 1}-${MIB}`), store, askTabs)

  expect((await bodyOf(response)).equals(data.subarray(MIB - 1, MIB + 1))).toBe(true)
  const { object } = file.shelves
  expect(asked).toEqual([undefined, 0, 1].map((chunk) => ({ t: 'need', room: ROOM, file: file.id, object, chunk })))
})

test('[STORE-16] no more is asked for than the read-ahead, and a reader that goes away ends the waiting', async () => {
  const file = await published(bytesOf(9 * MIB, 6))
  await storeManifest(file.shelves)
  let asked = 0
  const askTabs = async (needed: Needed) => void (needed.t === 'need-segments' ? readWhole(needed) : asked++)
  const response = await serveFile(request(`${ROOM}/${file.id}`), store, askTabs)
  const reader = response.body?.getReader()
  const reading = reader?.read().catch(() => undefined)
  await expect.poll(() => asked).toBe(READ_AHEAD_BLOCKS)
  await reader?.cancel()
  await reading
  await new Promise((resolve) => setTimeout(resolve, 30))

  expect(asked).toBe(READ_AHEAD_BLOCKS)
})

test('a worker that was stopped answers from the disk alone: keys, name and bytes', async () => {
  const data = randomData(5_000)
  const file = await published(data)
  await storeAll(file, [0])
  closeDatabase()
  const whole = await serveFile(request(`${ROOM}/${file.id}`), new IdbBlockStore(), nobody)

  expect((await bodyOf(whole)).equals(data)).toBe(true)
  expect(whole.headers.get('content-disposition')).toContain('film.mp4')
})

test('[STORE-16] a range begins with segments that a tab fetched, and what is not right is read whole', async () => {
  const data = bytesOf(3 * MIB, 8)
  const file = await published(data)
  await storeManifest(file.shelves)
  const asked: string[] = []
  let isHonest = true
  const askTabs = async (needed: Needed) => {
    asked.push(needed.t)
    if (needed.t === 'need') return storeRows(file, needed.chunk ?? 0, [0])
    const sealed = file.rows[needed.chunk]?.get(0)?.slice(needed.first * 65_552, (needed.first + needed.count) * 65_552)
    if (!isHonest) sealed?.fill(1, 0, 1)
    await ask({ t: 'segments', asked: needed.asked, bytes: sealed ?? null })
  }
  const rangeOf = async (offset: number) =>
    bodyOf(await serveFile(request(`${ROOM}/${file.id}`, `bytes=${offset}-${offset + 65_535}`), store, askTabs))
  expect((await rangeOf(MIB + 9)).equals(data.subarray(MIB + 9, MIB + 9 + 65_536))).toBe(true)
  expect(asked).toEqual(['need-segments'])
  isHonest = false
  expect((await rangeOf(2 * MIB)).equals(data.subarray(2 * MIB, 2 * MIB + 65_536))).toBe(true)
  expect(asked).toEqual(['need-segments', 'need-segments', 'need'])
  expect((await rangeOf(2 * MIB + 300_000)).byteLength).toBe(65_536)
  expect(asked).toHaveLength(3)
})
