/** Doors with a program that is a page of its own and knows nothing of us: what it sends is seen, what it takes is sent. */
import { CALL_ONLY, expect, test } from '../fixtures.ts'
import { joinCall } from '../meeting/in-call.ts'
import {
  awaitScreen,
  closeDoors,
  doorStates,
  hasScreen,
  isToldOfStreaming,
  meet,
  openDoor,
  screenAtMs,
  screenLoudness,
  seeDoors,
} from './at-doors.ts'
import { hangUp, loudness, offerAs, openProgram, play, played, publish, vanish } from './foreign-program.ts'

test.use(CALL_ONLY)

const SILENT = { microphone: false, camera: false }

test('[DOORS-21] what a program sends is seen and heard by the others within seconds, and again when it comes again', async ({
  device,
  browser,
}) => {
  const [ann, ben] = await meet(device)
  const program = await openProgram(browser)
  const url = await openDoor(ann, { direction: 'in' })
  await seeDoors(ann, ['waiting'])
  await awaitScreen(ben, ann)
  const { status, postedAtMs } = await publish(program, url)
  expect(status).toBe(201)
  const tookMs = (await screenAtMs(ben)) - postedAtMs
  test.info().annotations.push({ type: 'figure', description: `POST to the first frame at the other member: ${tookMs} ms` })
  console.log(`doors: POST to the first frame at the other member: ${tookMs} ms`)
  expect(tookMs).toBeLessThan(8_000)
  await expect.poll(() => screenLoudness(ben, ann)).toBeGreaterThan(0.1)
  await seeDoors(ann, ['connected'])

  // A second program is told to wait; the first one goes on.
  const second = await openProgram(browser)
  expect(await publish(second, url)).toMatchObject({ status: 409, retryAfter: '5' })
  await seeDoors(ann, ['connected'])

  expect(await hangUp(program)).toBe(200)
  await seeDoors(ann, ['waiting'])
  await expect.poll(() => hasScreen(ben, ann)).toBe(false)
  await awaitScreen(ben, ann)
  expect((await publish(second, url, { hasSound: false, codec: 'VP9' })).status).toBe(201)
  await screenAtMs(ben)
  // Ended without a word by HTTP.
  await vanish(second)
  await seeDoors(ann, ['waiting'])
  await expect.poll(() => hasScreen(ben, ann)).toBe(false)

  await program.close()
  await second.close()
})

test('[DOORS-22] a share that is stopped by hand closes its door, and so do leaving the call and the tab', async ({ device, browser }) => {
  const [ann, ben] = await meet(device)
  const program = await openProgram(browser)
  const url = await openDoor(ann, { direction: 'in' })
  await awaitScreen(ben, ann)
  await publish(program, url)
  await screenAtMs(ben)
  await ann.page.evaluate(() => asterism.room.call.setScreen(false))
  await seeDoors(ann, [])
  expect((await publish(program, url)).status).toBe(404)
  // A person without a say opens none.
  await expect(openDoor(ben, { direction: 'in' })).rejects.toThrow('role')

  const other = await openDoor(ann, { direction: 'out', of: 'share' })
  await ann.page.evaluate(() => asterism.room.call.leave())
  await seeDoors(ann, [])
  expect(await play(program, other)).toBe(404)
  await joinCall(ann, SILENT)
  const last = await openDoor(ann, { direction: 'in' })
  await ann.close()
  await expect.poll(async () => (await publish(program, last)).status).toBe(404)
  await program.close()
})

test('[DOORS-29] [DOORS-31] a program whose pictures this browser cannot take reads so, as does who opened the door, and it waits for the next one', async ({
  device,
  browser,
}) => {
  const [ann, ben] = await meet(device)
  const [door, program] = [await openDoor(ann, { direction: 'in' }), await openProgram(browser)]
  const answer = await offerAs(program, door, 'THEORA')
  expect(answer).toEqual({ status: 422, text: expect.stringContaining('None of the pictures and sounds in this offer can be taken here.') })
  await seeDoors(ann, ['waiting'])
  const refused = () => ann.page.evaluate(async () => (await asterism.room.call.tools()).doors.open.map((door) => door.refused ?? ''))
  expect(await refused()).toEqual(['nothing-in-common'])
  await awaitScreen(ben, ann)
  expect((await publish(program, door)).status).toBe(201)
  await screenAtMs(ben)
  expect(await refused()).toEqual([''])
  await program.close()
})

test('[DOORS-23] a player gets what is shared, whoever shares, and everybody is told before anything goes out', async ({
  device,
  browser,
}) => {
  const [ann, ben] = await meet(device)
  const [program, player] = [await openProgram(browser), await openProgram(browser)]
  await publish(program, await openDoor(ann, { direction: 'in' }))
  const url = await openDoor(ann, { direction: 'out', of: 'share' })
  expect(await isToldOfStreaming(ben, ann)).toBe(false)
  expect(await play(player, url)).toBe(201)
  await expect.poll(() => isToldOfStreaming(ben, ann)).toBe(true)
  await expect.poll(async () => (await played(player)).frames, { timeout: 20_000 }).toBeGreaterThan(10)
  await expect.poll(() => loudness(player)).toBeGreaterThan(0.1)
  await seeDoors(ann, ['connected', 'connected'])

  // From the program to what another member shares, on the same connection.
  expect(await hangUp(program)).toBe(200)
  const before = (await played(player)).frames
  await ben.page.evaluate(() => {
    const canvas = document.createElement('canvas')
    Object.assign(canvas, { width: 320, height: 240 })
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    let n = 0
    setInterval(() => {
      context.fillStyle = `hsl(${(n++ * 11) % 360} 90% 50%)`
      context.fillRect(0, 0, 320, 240)
    }, 80)
    asterism.room.call.share(canvas.captureStream(12))
  })
  await expect.poll(async () => (await played(player)).width, { timeout: 20_000 }).toBe(320)
  await expect.poll(async () => (await played(player)).frames, { timeout: 20_000 }).toBeGreaterThan(before + 10)

  // What is for some only goes out to nobody.
  const own = await ben.page.evaluate(() => asterism.room.call.session.state.participants.map(({ device }) => device))
  await ben.page.evaluate((devices) => asterism.room.call.session.shareWith(devices), own)
  const sentTrack = async () => {
    const count = (await played(player)).frames
    await new Promise((done) => setTimeout(done, 1_000))
    return (await played(player)).frames - count
  }
  await expect.poll(sentTrack).toBe(0)

  await closeDoors(ann)
  expect(await doorStates(ann)).toEqual([])
  await expect.poll(() => isToldOfStreaming(ben, ann)).toBe(false)
  await program.close()
  await player.close()
})

test('[DOORS-25] all of the call goes out as one picture and one sound', async ({ device, browser }) => {
  const [ann, ben] = await meet(device)
  await ben.page.evaluate(() => Promise.all([asterism.room.call.setMicrophone(true), asterism.room.call.setCamera(true)]))
  const player = await openProgram(browser)
  expect(await play(player, await openDoor(ann, { direction: 'out', of: 'all' }))).toBe(201)
  await expect.poll(async () => (await played(player)).frames, { timeout: 20_000 }).toBeGreaterThan(10)
  // The test microphone beeps once a second.
  await expect.poll(() => loudness(player)).toBeGreaterThan(0.02)
  expect(await isToldOfStreaming(ben, ann)).toBe(true)
  expect(await hangUp(player)).toBe(200)
  await expect.poll(() => isToldOfStreaming(ben, ann)).toBe(false)
  await player.close()
})

test('[DOORS-26] a relay that comes back finds the doors again, and a program that is in stays in', async ({ device, browser, relay }) => {
  const [ann, ben] = await meet(device)
  const [program, player] = [await openProgram(browser), await openProgram(browser)]
  const [inward, outward] = [await openDoor(ann, { direction: 'in' }), await openDoor(ann, { direction: 'out', of: 'share' })]
  await awaitScreen(ben, ann)
  await publish(program, inward)
  await screenAtMs(ben)
  await relay.restart()
  await expect.poll(() => play(player, outward), { timeout: 30_000, intervals: [500] }).toBe(201)
  await expect.poll(async () => (await played(player)).frames, { timeout: 20_000 }).toBeGreaterThan(10)
  await seeDoors(ann, ['connected', 'connected'])
  expect(await hangUp(program)).toBe(200)
  await program.close()
  await player.close()
})
