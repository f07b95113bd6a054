/** Files move while people talk: the call goes first, and the file arrives all the same. */
import { putRandomFile, readFile, waitForHeld } from '../files.ts'
import { type Device, expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'

const MIB = 1024 * 1024
/** A picture that stands still for longer is one people talk about. */
const STANDS_MS = 2_000

declare global {
  /** When each picture of the other's camera was shown. */
  var shownAtMs: number[]
}

test('[TRIAL-30] pictures of a call go on while a file comes in whole', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([ann, ben].map((one) => seeMembers(one, 2)))
  await Promise.all([ann, ben].map(({ page }) => page.evaluate(() => asterism.room.call.join({ microphone: true, camera: true }))))
  await watchPictures(ben)

  const startMs = await ben.page.evaluate(() => performance.now())
  const { id, hash } = await putRandomFile(ann, 'beside.bin', 48 * MIB)
  await waitForHeld(ben, id, 60_000)
  const { longestMs, pictures } = await ben.page.evaluate((startMs) => {
    const times = [startMs, ...shownAtMs.filter((atMs) => atMs > startMs), performance.now()]
    const gaps = times.slice(1).map((atMs, n) => atMs - (times[n] ?? atMs))
    return { longestMs: Math.max(...gaps), pictures: times.length - 2 }
  }, startMs)
  test.info().annotations.push({ type: 'pictures', description: `${pictures}, at most ${Math.round(longestMs)} ms apart` })
  expect(longestMs).toBeLessThan(STANDS_MS)
  expect(await readFile(ben, id)).toMatchObject({ hash, code: undefined })
})

/** Resolves with the first picture. */
async function watchPictures({ page }: Device): Promise<void> {
  await page.waitForFunction(() => asterism.room.call.remote.some(({ camera }) => camera !== undefined), undefined, { timeout: 20_000 })
  await page.evaluate(async () => {
    const camera = asterism.room.call.remote[0]?.camera
    const video = Object.assign(document.createElement('video'), { muted: true, srcObject: new MediaStream(camera ? [camera] : []) })
    document.body.append(video)
    globalThis.shownAtMs = []
    await new Promise<void>((done) => {
      const shown = (nowMs: number) => {
        shownAtMs.push(nowMs)
        video.requestVideoFrameCallback(shown)
        done()
      }
      video.requestVideoFrameCallback(shown)
      void video.play()
    })
  })
}
