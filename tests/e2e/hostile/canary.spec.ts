/**
 * What the relay knows. Two hundred strings that exist nowhere else are typed as names, chat, file names and contents;
 * then everything the relay keeps, logs and holds in memory is searched for them.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { findInBytes, findInMemory } from './process-memory.ts'

const CANARIES = 200

test('[BLIND-1] names, chat, file names and contents leave no trace in the relay', async ({ device, relay }) => {
  const canaries = Array.from({ length: CANARIES }, (_, n) => `canary-${n}-${crypto.randomUUID()}`)
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  const link = await startByApi(ann)
  await joinByApi(ben, link)
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])

  await ann.page.evaluate(async (canaries) => {
    for (const [n, text] of canaries.entries()) {
      if (n % 4 === 0) asterism.room?.setName(text)
      if (n % 4 === 1) asterism.room?.chat.send(text)
      if (n % 4 === 2) await asterism.room?.files.put(new Blob(['x']), { name: text })
      if (n % 4 === 3) await asterism.room?.files.put(new Blob([text]), { name: 'a file' })
    }
  }, canaries)
  await ben.page.waitForFunction(
    (count) =>
      asterism.room?.chat.messages.length === count / 4 &&
      asterism.room.files.list().filter(({ state }) => state.kind === 'held').length === count / 2,
    CANARIES,
    { timeout: 30_000 },
  )
  expect(await ben.page.evaluate(() => asterism.room?.members.at(-1)?.name)).toMatch(/^canary-196-/)

  const secret = link.split('.').at(-1) as string
  const needles = [...canaries, secret]
  const pid = relay.pid as number
  const dataFiles = await readdir(relay.dataDir, { recursive: true, withFileTypes: true })
  const kept = await Promise.all(dataFiles.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))))

  // The search finds what is there: the room id is the relay's to know.
  const roomId = link.split('#/r/')[1]?.split('.')[0] as string
  expect(await findInMemory(pid, [roomId])).toEqual([roomId])
  expect(kept.length).toBeGreaterThan(0)
  expect({
    database: findInBytes(Buffer.concat(kept), needles),
    log: findInBytes(Buffer.from(relay.log), [...needles, roomId]),
    memory: await findInMemory(pid, needles),
  }).toEqual({ database: [], log: [], memory: [] })
})
