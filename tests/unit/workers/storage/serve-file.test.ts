import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import type { FileId } from '../../../../src/protocol/ids.ts'
import type { BlockNeeded, StoredBlock } from '../../../../src/protocol/storage-worker.ts'
import { Importer } from '../../../../src/tab/storage/importer.ts'
import { answerRequest } from '../../../../workers/storage/answer-request.ts'
import { IdbBlockStore } from '../../../../workers/storage/idb-block-store.ts'
import { serveFile } from '../../../../workers/storage/serve-file.ts'
import { bytesOf, inThisThread, ROOM } from '../../../twins/files-tab.ts'

const MIB = 1024 * 1024
const store = new IdbBlockStore()
const nobody = async () => {}
let files = 0

/** A published file whose blocks are elsewhere. */
async function published(data: Bytes) {
  const blocks: StoredBlock[] = []
  const imported = await new Importer(inThisThread()).run(
    new Blob([data]),
    async (batch) => void blocks.push(...batch),
    new AbortController().signal,
  )
  const id = `file${String(++files).padStart(18, '0')}` as FileId
  await answerRequest(store, { t: 'publish', room: ROOM, files: [{ id, name: 'film.mp4', type: 'video/mp4', ...imported }] })
  return { id, root: imported.root, blocks }
}

const request = (path: string, range?: string) =>
  new Request(`https://room.test/_room/${path}`, { headers: range === undefined ? {} : { range } })
const bodyOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

test('[STORE-14] a file at its address answers whole, in part, and to a probe', async () => {
  const data = bytesOf(2 * MIB + 9)
  const { id, blocks } = await published(data)
  await store.putMany(blocks)

  const whole = await serveFile(request(`${ROOM}/${id}`), store, nobody)
  expect([whole.status, (await bodyOf(whole)).equals(data)]).toEqual([200, true])
  const probe = await serveFile(request(`${ROOM}/${id}`, 'bytes=0-1'), store, nobody)
  expect([probe.status, probe.headers.get('content-range'), (await bodyOf(probe)).byteLength]).toEqual([
    206,
    `bytes 0-1/${data.byteLength}`,
    2,
  ])
  const end = await serveFile(request(`${ROOM}/${id}`, 'bytes=-10'), store, nobody)
  expect((await bodyOf(end)).equals(data.subarray(-10))).toBe(true)
})

test('a file answers to its root as well', async () => {
  const { root, blocks } = await published(bytesOf(10, 77))
  await store.putMany(blocks)
  expect((await serveFile(request(`${ROOM}/${root}`), store, nobody)).status).toBe(200)
})

test.each(['nothing', `${ROOM}/unknown`, `${ROOM}/a/b`, 'AAAAAAAAAAAAAAAAAAAAAA', '%00/../x'])(
  'an unknown address is 404: %s',
  async (path) => {
    expect((await serveFile(request(path), store, nobody)).status).toBe(404)
  },
)

test('[STORE-16] what is not here is asked of a tab, and streams on when it is stored', async () => {
  const data = bytesOf(3 * MIB, 5)
  const { id, blocks } = await published(data)
  const asked: BlockNeeded[] = []
  const askTabs = async (needed: BlockNeeded) => {
    asked.push(needed)
    const block = blocks.find((each) => each.id === needed.id) as StoredBlock
    const kept = { id: block.id, data: new Blob([block.bytes]) }
    setTimeout(() => void answerRequest(store, { t: 'put', blocks: [kept] }), 5)
  }
  const response = await serveFile(request(`${ROOM}/${id}`, `bytes=${MIB - 1}-${MIB}`), store, askTabs)

  expect((await bodyOf(response)).equals(data.subarray(MIB - 1, MIB + 1))).toBe(true)
  expect(asked.map(({ room, file }) => [room, file])).toEqual(asked.map(() => [ROOM, id]))
  expect(asked).toHaveLength(3)
})

test('[STORE-16] a reader that goes away ends the waiting', async () => {
  const { id } = await published(bytesOf(2 * MIB, 6))
  let asked = 0
  const askTabs = async () => void asked++
  const response = await serveFile(request(`${ROOM}/${id}`), store, askTabs)
  const reader = response.body?.getReader()
  const reading = reader?.read().catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 20))
  await reader?.cancel()
  await reading
  expect(asked).toBe(1)
})
