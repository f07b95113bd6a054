/** Meetings by the public API: sealed frames from tab to tab, sizes by what is on the screen, and one who passes on for others. */
import { CALL_ONLY, type Device, expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { heardEnergy, joinCall, seeMoving, tabOf } from './in-call.ts'

test.use(CALL_ONLY)

async function meet(devices: readonly Device[]): Promise<void> {
  const [first, ...others] = devices as [Device, ...Device[]]
  const link = await startByApi(first)
  for (const other of others) await joinByApi(other, link)
  await Promise.all(devices.map((device) => seeMembers(device, devices.length)))
}

/** Pictures that one gets of another. */
function layersFrom({ page }: Device, source: Device): Promise<readonly string[]> {
  return tabOf(source).then((tab) =>
    page.evaluate(
      (tab) =>
        asterism.room.call.stats?.streams.flatMap((one) => (one.tab === tab && one.layer !== 'audio' && one.fps > 0 ? [one.layer] : [])) ??
        [],
      tab,
    ),
  )
}

declare class MediaStreamTrackProcessor {
  readonly readable: ReadableStream<VideoFrame>
  constructor(init: { track: MediaStreamTrack })
}

/** Keeps the frames of the own picture for four seconds, more than a camera has buffers, and counts those of the last two, each second. */
async function keepFrames(track: MediaStreamTrack | undefined): Promise<number> {
  const { readable } = new MediaStreamTrackProcessor({ track: track as MediaStreamTrack })
  const reader = readable.getReader()
  const kept: { frame: VideoFrame; atMs: number }[] = []
  const beganMs = performance.now()
  const end = setTimeout(() => reader.cancel(), 4_000)
  for (;;) {
    const { value: frame } = await reader.read()
    if (frame === undefined) break
    kept.push({ frame, atMs: performance.now() - beganMs })
  }
  clearTimeout(end)
  for (const { frame } of kept) frame.close()
  return kept.filter(({ atMs }) => atMs > 2_000).length / 2
}

test('[MEETING-1] pictures and voices of a call are sealed, encoded once, and seen and heard by all', async ({ device }) => {
  const all = [await device('Ann'), await device('Ben'), await device('Cleo')] as const
  await meet(all)
  for (const one of all) await joinCall(one)
  await Promise.all(all.map((one) => seeMoving(one, 2)))
  const [ann] = all
  const seals = await ann.page.evaluate(() => asterism.room.call.remote.map(({ seal, through }) => ({ seal, through })))
  expect(seals).toEqual([
    { seal: 'sealed', through: undefined },
    { seal: 'sealed', through: undefined },
  ])
  for (const energy of Object.values(await heardEnergy(ann))) expect(energy).toBeGreaterThan(0)
})

test('[MEETING-2] [MEETING-9] a picture is as large as it is shown, not sent where it is not, and the own one is drawn less often beside it', async ({
  device,
}) => {
  const all = [await device('Ann'), await device('Ben')] as const
  const [ann, ben] = all
  await meet(all)
  for (const one of all) await joinCall(one)
  const show = (heightPx: number | undefined) =>
    ann.page.evaluate(
      ({ tab, heightPx }) => asterism.room.call.setVisible(heightPx === undefined ? [] : [{ tab, view: 'camera', heightPx }]),
      { tab, heightPx },
    )
  const tab = await tabOf(ben)
  await show(360)
  await seeMoving(ann, 1)
  expect(await layersFrom(ann, ben)).toEqual(['main'])
  const mirror = await ann.page.evaluateHandle(() => asterism.room.call.mirror)
  const aSecond = await mirror.evaluate(keepFrames)
  expect(aSecond).toBeGreaterThan(8)
  expect(aSecond).toBeLessThan(13)
  await show(undefined)
  await expect.poll(() => layersFrom(ann, ben)).toEqual([])
  expect(await ann.page.evaluate(() => asterism.room.call.mirror === asterism.room.call.self.cameraTrack)).toBe(true)
  expect(await mirror.evaluate((track) => track?.readyState)).toBe('ended')
})

test('[MEETING-3] who leaves takes no key along that opens what comes later, and the others go on', async ({ device }) => {
  const all = [await device('Ann'), await device('Ben'), await device('Cleo')] as const
  const [ann, ben, cleo] = all
  await meet(all)
  for (const one of all) await joinCall(one)
  await Promise.all(all.map((one) => seeMoving(one, 2)))
  await cleo.page.evaluate(() => asterism.room.call.leave())
  await expect.poll(() => ann.page.evaluate(() => asterism.room.call.remote.length)).toBe(1)
  // Longer than the new key takes to be used.
  await ann.page.waitForTimeout(1_000)
  await Promise.all([ann, ben].map((one) => seeMoving(one, 1)))
  await joinCall(cleo)
  await Promise.all(all.map((one) => seeMoving(one, 2)))
})

test('[MEETING-4] a source with a narrow line is passed on by others, sealed, and everybody sees it in full', async ({ device }) => {
  test.setTimeout(150_000)
  const names = ['Ann', 'Ben', 'Cleo', 'Dan', 'Eve']
  const all: Device[] = []
  for (const name of names) all.push(await device(name))
  const [ann, ...others] = all as [Device, ...Device[]]
  await meet(all)
  await ann.page.evaluate(() => asterism.room.call.give({ uplinkKbps: 1_500 }))
  await joinCall(ann)
  for (const other of others) await joinCall(other, { microphone: false, camera: false })
  const tab = await tabOf(ann)
  for (const { page } of others) {
    await page.evaluate((tab) => asterism.room.call.setVisible([{ tab, view: 'camera', heightPx: 360 }]), tab)
  }
  const through = async () => {
    const ways = await Promise.all(
      others.map(({ page }) => page.evaluate(() => asterism.room.call.remote.find(({ camera }) => camera)?.through)),
    )
    return ways.filter((way) => way !== undefined).length
  }
  await expect.poll(through, { timeout: 30_000 }).toBeGreaterThan(0)
  await Promise.all(others.map((other) => seeMoving(other, 1)))
  for (const other of others) await expect.poll(() => layersFrom(other, ann)).toEqual(['main'])
  const reasons = await ann.page.evaluate(() => asterism.room.call.stats?.reasons.map(({ text }) => text))
  expect(reasons?.length).toBeGreaterThan(0)
})
