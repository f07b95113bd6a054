/** What a device keeps for others: nothing it could read without the room, and nothing that a wrong clock throws away. */

import { knowFile, putRandomFile, readFile, waitForHeld } from '../files.ts'
import { type Device, expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'

const MIB = 1024 * 1024
const DAY_MS = 24 * 60 * 60_000

test('[TRIAL-27] the disk of a holder says nothing: no name, no text, and fragments that no compression shortens', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([ann, ben].map((one) => seeMembers(one, 2)))
  const [name, text] = [`name-${crypto.randomUUID()}`, `text-${crypto.randomUUID()}`]
  const id = await ann.page.evaluate(
    async ({ name, text }) => {
      const file = await asterism.room.files.put(new Blob([`${text}\n`.repeat(50_000)]), {
        name,
        folder: `in-${name}`,
        type: `text/${name}`,
      })
      return file.id
    },
    { name, text },
  )
  await waitForHeld(ben, id)

  const seen = await ben.page.evaluate(
    async ({ needles }) => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result)
          request.onerror = () => reject(request.error)
        })
      const found: string[] = []
      let [fragments, squeezed, records] = [0, 0, 0]
      const look = async (value: unknown, where: string): Promise<void> => {
        const bytes = value instanceof Blob ? new Uint8Array(await value.arrayBuffer()) : value
        const letters = ArrayBuffer.isView(bytes) ? new TextDecoder('latin1').decode(bytes) : JSON.stringify(bytes)
        const wide = ArrayBuffer.isView(bytes) ? new TextDecoder('utf-16le').decode(bytes) : ''
        for (const needle of needles) if (letters?.includes(needle) || wide.includes(needle)) found.push(`${where}: ${needle}`)
      }
      for (const { name } of await indexedDB.databases()) {
        const db = await done(indexedDB.open(name as string))
        for (const store of db.objectStoreNames) {
          const open = () => db.transaction(store).objectStore(store)
          for (const key of await done(open().getAllKeys())) {
            records++
            const value: unknown = await done(open().get(key))
            await look(key, `${store} key`)
            await look(value, store)
            if (store !== 'fragment') continue
            const data = value as Blob
            fragments += data.size
            squeezed += (await new Response(data.stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer()).byteLength
          }
        }
        db.close()
      }
      return { found, records, fragments, squeezed }
    },
    { needles: [name, text, `in-${name}`] },
  )
  expect(seen.found).toEqual([])
  expect(seen.records).toBeGreaterThan(3)
  expect(seen.fragments).toBeGreaterThan(MIB)
  expect(seen.squeezed).toBeGreaterThan(seen.fragments * 0.999)
})

test('[TRIAL-28] a clock that jumps days ahead or back erases nothing from the bin, and the file comes back whole', async ({ device }) => {
  const jump = { days: 0 }
  const [ann, ben, cid] = [await device('Ann'), await device('Ben'), await device('Cid')]
  const all = [ann, ben, cid]
  const link = await startByApi(ann)
  await joinByApi(ben, link)
  await joinByApi(cid, link)
  await Promise.all(all.map((one) => seeMembers(one, 3)))
  const { id, hash } = await putRandomFile(ann, 'dear.bin', 2 * MIB, { until: 'spread' })
  await Promise.all(all.map((one) => waitForHeld(one, id)))

  await ann.page.evaluate((id) => asterism.room.files.remove(id), id)
  await Promise.all(all.map((one) => one.page.waitForFunction((id) => asterism.room.files.list().every((file) => file.id !== id), id)))
  for (jump.days of [30, -30, 0]) {
    await setClock(ben, jump.days)
    // Something happens, so that whatever waits for a change looks at its clock.
    const other = await putRandomFile(ben, `day ${jump.days}`, 1_000)
    await knowFile(ann, other.id)
    await ben.page.waitForTimeout(1_500)
  }
  expect(await ann.page.evaluate((id) => asterism.room.files.undo(id), id)).toBe(true)
  for (const one of all) {
    await knowFile(one, id)
    expect(await readFile(one, id)).toMatchObject({ hash, code: undefined })
  }
})

async function setClock({ page }: Device, days: number): Promise<void> {
  await page.evaluate((aheadMs) => {
    const native = (globalThis as { nativeNow?: () => number }).nativeNow ?? Date.now.bind(Date)
    Object.assign(globalThis, { nativeNow: native })
    Date.now = () => native() + aheadMs
  }, days * DAY_MS)
}
