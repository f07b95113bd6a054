/** Chromium and Firefox in one room: other WebRTC, other IndexedDB, other WebCrypto, the same words. */
import { putRandomFile } from './files.ts'
import { expect, seeMembers, startByApi, test } from './fixtures.ts'

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
