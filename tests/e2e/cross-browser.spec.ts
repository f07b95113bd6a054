/** Chromium and Firefox in one room: other WebRTC, other IndexedDB, other WebCrypto, the same words. */
import type { FileId } from '../../src/protocol/ids.ts'
import { knowFile, putRandomFile, readFile, type Scripted } from './files.ts'
import { type Device, expect, joinByApi, seeMembers, startByApi, test } from './fixtures.ts'
import { joinCall } from './meeting/in-call.ts'
import { marked } from './record/coloured.ts'
import { playThrough } from './record/played-elsewhere.ts'

const MIB = 1024 * 1024

test('Chromium and Firefox meet, see each other and share a file', async ({ device, firefoxDevice }) => {
  const ann = await device('Ann')
  const fox = await firefoxDevice()
  const link = await startByApi(ann)
  await fox.page.evaluate(async (link) => {
    await asterism.join(link, { name: 'Fox' })
  }, link)
  await seeMembers(ann, 2, 30_000)

  const { id, hash } = await putRandomFile(ann, 'across.bin', 3 * 1024 * 1024)
  await fox.page.waitForFunction(
    (id) => asterism.room.files.list().some((one) => one.id === id && one.state.kind === 'held'),
    { timeout: 30_000 },
    id,
  )
  const received = await fox.page.evaluate(async (id) => {
    const file = asterism.room.files.list().find((one) => one.id === id)
    const parts: Uint8Array<ArrayBuffer>[] = []
    if (file !== undefined) for await (const bytes of asterism.room.files.get(file.id)) parts.push(new Uint8Array(bytes))
    return new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer())).toHex()
  }, id)
  expect(received).toBe(hash)

  await ann.page.evaluate(() => asterism.room.call.join({ microphone: true, camera: true }))
  await fox.page.evaluate(() => asterism.room.call.join({ microphone: true, camera: true }))
  for (const page of [ann.page, fox.page] as { evaluate(work: () => Promise<boolean>): Promise<boolean> }[]) {
    expect(
      await page.evaluate(async () => {
        const deadline = performance.now() + 20_000
        const has = () => asterism.room.call.remote.some(({ camera, microphone }) => camera !== undefined && microphone !== undefined)
        while (!has() && performance.now() < deadline) await new Promise((done) => setTimeout(done, 100))
        return has()
      }),
    ).toBe(true)
  }
})

test('[TRIAL-29] Chromium and Firefox keep rows for each other, read by range and kept over a reload', async ({
  device,
  firefoxDevice,
}) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  const fox = await firefoxDevice()
  const link = await startByApi(ann)
  await joinByApi(ben, link)
  await enter(fox, link)
  await Promise.all([ann, ben].map((one) => seeMembers(one, 3, 30_000)))

  const fromAnn = await putRandomFile(ann, 'from Chromium', 8 * MIB, { profile: 'raid5', until: 'spread' })
  const fromFox = await putRandomFile(fox, 'from Firefox', 8 * MIB, { profile: 'raid5', until: 'spread' })
  await knowFile(ben, fromFox.id)
  expect(await readFile(ben, fromFox.id)).toMatchObject({ hash: fromFox.hash, code: undefined })
  const range = { offset: 3 * MIB - 7, length: 100_000 }
  expect(await rangesOf(fox, fromAnn.id, range)).toEqual(await rangesOf(ann, fromAnn.id, range))
  const before = await rowsOf(fox, [fromAnn.id, fromFox.id])
  expect(before[0]).toBe('part')

  await fox.page.reload()
  await enter(fox, link)
  await seeMembers(ben, 3, 30_000)
  expect(await rowsOf(fox, [fromAnn.id, fromFox.id])).toEqual(before)
  // Two of three rows are enough: without Ann everybody needs the one that Firefox kept.
  await ann.close()
  const cid = await device('Cid')
  await joinByApi(cid, link)
  await knowFile(cid, fromAnn.id)
  for (const one of [cid, fox]) expect(await readFile(one, fromAnn.id)).toMatchObject({ hash: fromAnn.hash, code: undefined })
})

test('[RECORD-21] a piece that Chromium recorded plays in Firefox to its end, from any place, with its sound, as long as it says', async ({
  device,
  firefoxDevice,
}) => {
  const ann = await device('Ann', marked({ colour: 'rgb(192 32 32)', hertz: 440 }))
  const fox = await firefoxDevice()
  await recordBeside(ann, fox)
  await ann.page.waitForTimeout(1_000)
  await ann.page.evaluate(() => asterism.room.call.setCamera(true))
  await ann.page.waitForTimeout(1_500)
  const piece = await ann.page.evaluate(async () => {
    await (await asterism.room.call.tools()).recorder.stop()
    const [webm, json] = ['part 001.webm', 'speakers.json'].map((name) => asterism.room.files.list().find((one) => one.name === name))
    if (webm === undefined || json === undefined) throw new Error('no recording')
    const text: Uint8Array<ArrayBuffer>[] = []
    for await (const bytes of asterism.room.files.get(json.id)) text.push(new Uint8Array(bytes))
    const { fromMs, toMs } = JSON.parse(await new Blob(text).text()).pieces[0]
    return { id: webm.id, seconds: (toMs - fromMs) / 1_000 }
  })
  const played = await playThrough(fox, piece.id, 440, [-0.4, 0.5, -0.6])
  expect([played.width, played.height]).toEqual([1280, 720])
  expect(piece.seconds).toBeGreaterThan(2)
  expect(Math.abs(played.seconds - piece.seconds)).toBeLessThan(0.1)
  expect(Math.abs(played.endedAtSeconds - played.seconds)).toBeLessThan(0.3)
  expect(Math.abs(played.tookSeconds - played.seconds)).toBeLessThan(3)
  expect(played.pictures).toBeGreaterThan(10)
  expect(Math.abs(played.soundSeconds - played.seconds)).toBeLessThan(0.5)
  expect(played.tone).toBeGreaterThan(0.05)
  // Where the camera was on, where it was not and a name stood alone, and back.
  expect(played.colours.map(([red = 0, green = 0]) => red - green > 100)).toEqual([true, false, true])
})

test('[RECORD-23] a recording that ends on a picture that stands still is over in Firefox when its sound is', async ({
  device,
  firefoxDevice,
}) => {
  const ann = await device('Ann', marked({ colour: 'rgb(192 32 32)', hertz: 440 }))
  const fox = await firefoxDevice()
  await recordBeside(ann, fox)
  await ann.page.waitForTimeout(3_000)
  const piece = await ann.page.evaluate(async () => {
    await (await asterism.room.call.tools()).recorder.stop()
    return asterism.room.files.list().find((one) => one.name === 'part 001.webm')?.id
  })
  if (piece === undefined) throw new Error('no recording')
  const played = await playThrough(fox, piece, 440, [])
  expect(played.soundSeconds).toBeGreaterThan(2)
  expect(Math.abs(played.endedAtSeconds - played.soundSeconds)).toBeLessThan(0.3)
})

/** Ann's voice without her picture, while Fox is in the room. */
async function recordBeside(ann: Device, fox: Scripted): Promise<void> {
  await enter(fox, await startByApi(ann))
  await joinCall(ann, { microphone: true, camera: false })
  await ann.page.evaluate(async () => (await asterism.room.call.tools()).recorder.start())
}

async function enter({ page }: Scripted, link: string): Promise<void> {
  await page.evaluate(async (link) => {
    while (!('asterism' in globalThis)) await new Promise((done) => setTimeout(done, 20))
    await asterism.join(link, { name: 'Fox' })
  }, link)
}

/** What this device has of each file, as soon as it has something of all. */
async function rowsOf({ page }: Scripted, ids: readonly FileId[]): Promise<readonly (string | undefined)[]> {
  return page.evaluate(async (ids) => {
    const shares = () =>
      ids.map(
        (id) =>
          asterism.room.files
            .list()
            .find((one) => one.id === id)
            ?.copies.find(({ isMyDevice }) => isMyDevice)?.share,
      )
    const deadlineMs = performance.now() + 15_000
    while (shares().includes(undefined) && performance.now() < deadlineMs) await new Promise((done) => setTimeout(done, 50))
    return shares()
  }, ids)
}

type Span = { readonly offset: number; readonly length: number }

/** The same bytes through the API and from the file's address, as hashes. */
async function rangesOf({ page }: Scripted, id: FileId, span: Span): Promise<readonly string[]> {
  return page.evaluate(
    async ({ id, offset, length }) => {
      const parts: Uint8Array<ArrayBuffer>[] = []
      for await (const part of asterism.room.files.get(id, { offset, length })) parts.push(new Uint8Array(part))
      const range = `bytes=${offset}-${offset + length - 1}`
      const response = await fetch(asterism.room.files.url(id) as string, { headers: { range } })
      const seen = [await new Blob(parts).arrayBuffer(), await response.arrayBuffer()]
      return Promise.all(
        seen.map(async (bytes) => `${bytes.byteLength} ${new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).toHex()}`),
      )
    },
    { id, ...span },
  )
}
