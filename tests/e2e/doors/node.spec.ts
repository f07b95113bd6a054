/** Doors with programs of Node.js: on a build of WebRTC that is older than the browser's, and on one that shares nothing with it. */
import { fileURLToPath } from 'node:url'
import { CALL_ONLY, expect, test } from '../fixtures.ts'
import { awaitScreen, meet, openDoor, screenAtMs, screenLoudness, seeDoors } from './at-doors.ts'
import { ProgramProcess } from './program-process.ts'

test.use(CALL_ONLY)

const BY_LIBWEBRTC = fileURLToPath(import.meta.resolve('./wrtc-program.ts'))
const BY_LIBDATACHANNEL = fileURLToPath(import.meta.resolve('./datachannel-program.ts'))
const start = (role: 'publish' | 'play', url: string) => new ProgramProcess(process.execPath, [BY_LIBWEBRTC, role, url])

test('[DOORS-30] a program of Node.js sends into a room, and another plays out of it', async ({ device }) => {
  const [ann, ben] = await meet(device)
  await awaitScreen(ben, ann)
  const program = start('publish', await openDoor(ann, { direction: 'in' }))
  const player = start('play', await openDoor(ann, { direction: 'out', of: 'share' }))
  try {
    expect([await program.answered(), await player.answered()]).toEqual([201, 201])
    await screenAtMs(ben)
    await expect.poll(() => screenLoudness(ben, ann)).toBeGreaterThan(0.1)
    await expect.poll(() => player.last('frames') ?? 0, { timeout: 20_000 }).toBeGreaterThan(10)
    await expect.poll(() => player.last('loudestDb') ?? -1_000).toBeGreaterThan(-30)
    await Promise.all([program, player].map((one) => one.end()))
    expect([program.last('deleted'), player.last('deleted')]).toEqual([200, 200])
    await seeDoors(ann, ['waiting', 'waiting'])
  } finally {
    for (const one of [program, player]) one.kill()
  }
})

test('[DOORS-32] a program on libdatachannel takes all of a call out by one door, and sends it in by another', async ({ device }) => {
  const [ann, ben] = await meet(device)
  await ben.page.evaluate(async () => {
    const { call } = asterism.room
    await Promise.all([call.setCamera(true), call.setMicrophone(true)])
  })
  await awaitScreen(ben, ann)
  const [out, into] = [await openDoor(ann, { direction: 'out', of: 'all' }), await openDoor(ann, { direction: 'in' })]
  const program = new ProgramProcess(process.execPath, [BY_LIBDATACHANNEL, out, into])
  try {
    await expect.poll(() => program.last('frames') ?? 0, { timeout: 20_000 }).toBeGreaterThan(10)
    expect(program.said.flatMap(({ status }) => status ?? [])).toEqual([201, 201])
    await screenAtMs(ben)
    await expect.poll(() => screenLoudness(ben, ann)).toBeGreaterThan(0.1)
    await program.end()
    expect(program.last('deleted')).toBe(200)
    await seeDoors(ann, ['waiting', 'waiting'])
  } finally {
    program.kill()
  }
})
