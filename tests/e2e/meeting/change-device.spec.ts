/** Cameras and microphones that are exchanged in the middle of a call, by a person and by the system. */
import { ERROR_SENTENCES } from '../../../src/protocol/errors.ts'
import { findChromium } from '../../find-browser.ts'
import { CHROMIUM_FLAGS } from '../chromium-flags.ts'
import { CALL_ONLY, type Device, expect, joinByApi, openRoom, seeMembers, test } from '../fixtures.ts'
import { withPlugs } from '../mishaps/plugs.ts'
import { hear, hearNothing, listenBelow } from '../session/ears.ts'
import { joinCall, seeMoving } from './in-call.ts'

test.use(CALL_ONLY)
// Of test cameras the second gives depths, which no encoder takes.
const THREE = '--use-fake-device-for-media-stream=device-count=3'
test.use({ launchOptions: { executablePath: findChromium(), args: [...CHROMIUM_FLAGS, THREE] } })

declare global {
  /** Of the only other one's picture: the longest time without a frame, and how often another track, or none, took its place. */
  var watched: { gapMs: number; changes: number }
}

/** Ben only watches and listens. */
async function meet(device: (name: string, prepare?: typeof listenBelow) => Promise<Device>): Promise<readonly [Device, Device]> {
  const both = [await device('Ann', prepare), await device('Ben', prepare)] as const
  const [ann, ben] = both
  await joinByApi(ann, await openRoom(ben))
  await seeMembers(ann, 2)
  await joinCall(ann)
  await joinCall(ben, { microphone: false, camera: false })
  await seeMoving(ben, 1)
  return both
}

async function prepare(context: Parameters<typeof listenBelow>[0]): Promise<void> {
  await listenBelow(context)
  await withPlugs(context)
}

function watch({ page }: Device): Promise<void> {
  return page.evaluate(() => {
    const track = () => asterism.room.call.remote[0]?.camera
    const first = track()
    const video = document.createElement('video')
    video.muted = true
    video.srcObject = new MediaStream(first === undefined ? [] : [first])
    globalThis.watched = { gapMs: 0, changes: 0 }
    asterism.room.call.subscribe(() => {
      if (track() !== first) watched.changes++
    })
    let lastMs = performance.now()
    const look = () => {
      watched.gapMs = Math.max(watched.gapMs, performance.now() - lastMs)
      lastMs = performance.now()
      video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)
    return video.play()
  })
}

/** A device that is not used yet. */
function chooseAnother({ page }: Device, kind: 'camera' | 'microphone'): Promise<string> {
  return page.evaluate(async (kind) => {
    const { call } = asterism.room
    const ids = call.devices.filter((device) => device.kind === kind).map(({ id }) => id)
    const id = ids.findLast((id) => id !== call.self.chosen[kind]) ?? ''
    await call.choose(kind, id)
    return id
  }, kind)
}

const microphone = ({ page }: Device) => page.evaluate(() => asterism.room.call.self.microphone.kind)
const rounds = ({ page }: Device) => page.evaluate(() => ears.rounds)

test('[CALL-26] another camera and microphone: the picture goes on, who is muted stays muted, nothing is described anew', async ({
  device,
}) => {
  const [ann, ben] = await meet(device)
  await hear(ben)
  await watch(ben)
  const before = await rounds(ben)
  const camera = await chooseAnother(ann, 'camera')
  await ben.page.waitForTimeout(1_500)
  const seen = await ben.page.evaluate(() => watched)
  expect(seen.changes).toBe(0)
  expect(seen.gapMs).toBeLessThan(1_000)
  const mirrored = () => ann.page.evaluate(() => asterism.room.call.mirror?.getSettings().deviceId)
  expect(await mirrored()).toBe(camera)

  await chooseAnother(ann, 'microphone')
  await hear(ben)
  // Twice in a row, before the first one is there.
  await ann.page.evaluate(() => asterism.room.call.setMicrophone(false))
  await Promise.all([chooseAnother(ann, 'microphone'), chooseAnother(ann, 'microphone')])
  expect(await microphone(ann)).toBe('off')
  await hearNothing(ben)
  await ann.page.evaluate(() => asterism.room.call.setMicrophone(true))
  await hear(ben)
  expect(await rounds(ben)).toBe(before)
})

test('[CALL-26] effects stay on with another camera and microphone', async ({ device }) => {
  const [ann, ben] = await meet(device)
  await ann.page.evaluate(() => asterism.room.call.setEffects({ noise: 'on', background: 'blur' }))
  const states = () => ann.page.evaluate(() => Object.values(asterism.room.call.effects.states).map(({ kind }) => kind))
  await expect.poll(states, { timeout: 30_000 }).toEqual(['on', 'on'])
  await watch(ben)
  const before = await rounds(ben)
  const raw = await Promise.all([chooseAnother(ann, 'camera'), chooseAnother(ann, 'microphone')])
  await expect.poll(states, { timeout: 30_000 }).toEqual(['on', 'on'])
  const sent = await ann.page.evaluate(() => {
    const { cameraTrack, microphoneTrack } = asterism.room.call.self
    return [cameraTrack, microphoneTrack].map((track) => track?.getSettings().deviceId)
  })
  expect(sent).not.toEqual(expect.arrayContaining(raw))
  await seeMoving(ben, 1)
  expect(await ben.page.evaluate(() => watched.changes)).toBe(0)
  await hear(ben)
  expect(await rounds(ben)).toBe(before)
})

test('[CALL-27] the microphone of the system is another one: it is opened, muted if it was, and one that was chosen stays', async ({
  device,
}) => {
  const [ann, ben] = await meet(device)
  const before = await rounds(ben)
  const track = () => ann.page.evaluate(() => asterism.room.call.self.microphoneTrack?.id)
  const first = await track()
  await ann.page.evaluate(() => plugs.moveDefault())
  await expect.poll(track).not.toBe(first)
  await expect.poll(() => microphone(ann)).toBe('on')
  await hear(ben)

  await ann.page.evaluate(() => asterism.room.call.setMicrophone(false))
  const second = await track()
  await ann.page.evaluate(() => plugs.moveDefault())
  await expect.poll(track).not.toBe(second)
  expect(await microphone(ann)).toBe('off')
  await hearNothing(ben)

  await chooseAnother(ann, 'microphone')
  const chosen = await track()
  await ann.page.evaluate(() => plugs.moveDefault())
  await ann.page.waitForTimeout(500)
  expect(await track()).toBe(chosen)
  expect(await rounds(ben)).toBe(before)
})

test('[CALL-28] a speaker that goes gives way to the one of the system, and comes back', async ({ device }) => {
  const [, ben] = await meet(device)
  const sinks = () => ben.page.evaluate(() => [...document.querySelectorAll('audio')].map(({ sinkId }) => sinkId))
  const speaker = await ben.page.evaluate(async () => {
    const id = (await navigator.mediaDevices.enumerateDevices()).findLast(({ kind }) => kind === 'audiooutput')?.deviceId ?? ''
    await asterism.room.call.choose('speaker', id)
    return id
  })
  await ben.page.evaluate(() => plugs.putBack())
  await expect.poll(sinks).toEqual([speaker])
  await ben.page.evaluate(() => plugs.pullSpeakers())
  await expect.poll(sinks).toEqual([''])
  await ben.page.evaluate(() => plugs.putBack())
  await expect.poll(sinks).toEqual([speaker])
})

test('[CALL-29] a camera whose pictures no encoder takes reads as that, others see it off, and another one goes on', async ({ device }) => {
  const [ann, ben] = await meet(device)
  // Copying the link has allowed that alone.
  await ben.context.grantPermissions(['camera'], { origin: ben.origin })
  const [pictures = '', depths = ''] = await ben.page.evaluate(async () => {
    await asterism.room.call.setCamera(true)
    return asterism.room.call.devices.filter(({ kind }) => kind === 'camera').map(({ id }) => id)
  })
  await seeMoving(ann, 1)
  const choose = (id: string) => ben.page.evaluate((id) => asterism.room.call.choose('camera', id), id)
  const isOn = () => ann.page.evaluate(() => asterism.room.members.find(({ isMe }) => !isMe)?.camera)
  const trouble = ben.page.getByRole('alert')
  await choose(depths)
  await expect(trouble).toContainText(ERROR_SENTENCES['device-unsendable'])
  await expect.poll(isOn).toBe(false)
  expect(await ann.page.evaluate(() => asterism.room.call.remote[0]?.camera)).toBeUndefined()
  await choose(pictures)
  await expect(trouble).toBeHidden()
  await seeMoving(ann, 1)
  await ann.page.waitForTimeout(2_500)
  expect(await isOn()).toBe(true)
})
