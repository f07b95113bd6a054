/** The whole of it, as the first people will meet it: by the screen where a person acts, by the public API where we check. */
import { hashOfFile, putRandomFile, waitForHeld } from './files.ts'
import { type Device, expect, joinByApi, joinRoom, openRoom, seeMembers, startByApi, test } from './fixtures.ts'

const MIB = 1024 * 1024

test('a file outlives its founder, and a newcomer gets it from who is left', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  const link = await openRoom(ann)
  await joinRoom(ben, link)
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])

  const { id, hash } = await putRandomFile(ann, 'stars.bin', 12 * MIB)
  await expect(ben.page.getByText('stars.bin').first()).toBeVisible()
  await waitForHeld(ben, id)
  await ann.close()

  const cid = await device('Cid')
  await joinRoom(cid, link)
  await waitForHeld(cid, id)
  expect(await hashOfFile(cid, id)).toBe(hash)
})

test('two talk and share on while the relay is dead, and everyone is reachable when it is back', async ({ device, relay }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  const link = await startByApi(ann)
  await joinByApi(ben, link)
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])

  await relay.kill()
  await say(ann, 'still here?')
  await hear(ben, 'still here?')
  const { id, hash } = await putRandomFile(ben, 'later.bin', 3 * MIB)
  await waitForHeld(ann, id)
  expect(await hashOfFile(ann, id)).toBe(hash)

  await relay.start()
  const cid = await device('Cid')
  await joinByApi(cid, link)
  await Promise.all([ann, ben, cid].map((one) => seeMembers(one, 3, 40_000)))
  await hear(cid, 'still here?')
})

test('camera and microphone of each reach the other', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  for (const one of [ann, ben]) await one.page.evaluate(() => asterism.room.call.join({ microphone: true, camera: true }))
  for (const one of [ann, ben]) {
    await one.page.waitForFunction(() =>
      asterism.room.call.remote.some(({ camera, microphone }) => camera !== undefined && microphone !== undefined),
    )
    expect(await playsFrames(one)).toBe(true)
  }
})

async function say({ page }: Device, text: string): Promise<void> {
  await page.evaluate((text) => asterism.room.chat.send(text), text)
}

async function hear({ page }: Device, text: string): Promise<void> {
  await page.waitForFunction((text) => asterism.room.chat.messages.some((one) => one.text === text), text, {
    timeout: 20_000,
    polling: 100,
  })
}

/** A track that is there may still be black: a picture has a size and its time goes on. */
async function playsFrames({ page }: Device): Promise<boolean> {
  return page.evaluate(async () => {
    const track = asterism.room.call.remote.find(({ camera }) => camera !== undefined)?.camera
    if (track === undefined) return false
    const video = Object.assign(document.createElement('video'), { srcObject: new MediaStream([track]), muted: true })
    await video.play()
    const startedAt = video.currentTime
    await new Promise((done) => setTimeout(done, 1_000))
    return video.videoWidth > 0 && video.currentTime > startedAt
  })
}
