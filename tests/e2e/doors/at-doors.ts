/** Doors as the people in the room have them, and what of a program they see and hear. */
import { expect } from '@playwright/test'
import { type Device, joinByApi, seeMembers, startByApi } from '../device.ts'
import { joinCall, tabOf } from '../meeting/in-call.ts'
import { loudestSample } from './loudest-sample.ts'

type Wish = { direction: 'in' } | { direction: 'out'; of: 'all' | 'share' }

/** Ann, whose room it is, and Ben, in a call and silent. */
export async function meet(device: (name: string) => Promise<Device>): Promise<readonly [ann: Device, ben: Device]> {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  for (const one of [ann, ben]) await joinCall(one, { microphone: false, camera: false })
  return [ann, ben]
}

export function openDoor({ page }: Device, wish: Wish): Promise<string> {
  return page.evaluate(async (wish) => (await (await asterism.room.call.tools()).doors.add(wish)).url, wish)
}

export function closeDoors({ page }: Device): Promise<void> {
  return page.evaluate(async () => {
    const { doors } = await asterism.room.call.tools()
    for (const { id } of doors.open) doors.close(id)
  })
}

export function doorStates({ page }: Device): Promise<readonly string[]> {
  return page.evaluate(async () => (await asterism.room.call.tools()).doors.open.map(({ state }) => state))
}

export async function seeDoors(device: Device, states: readonly string[]): Promise<void> {
  await expect.poll(() => doorStates(device)).toEqual(states)
}

/** From now on notes when the first frame of the other's screen is there to be drawn; `screenAtMs` gives it. */
export async function awaitScreen({ page }: Device, of: Device): Promise<void> {
  const tab = await tabOf(of)
  await page.evaluate((tab) => {
    const state: { atMs?: number } = {}
    Object.assign(globalThis, { awaited: state })
    const { call } = asterism.room
    const look = () => {
      const screen = call.remote.find((one) => one.tab === tab)?.screen
      if (screen === undefined) return
      stop()
      const video = document.createElement('video')
      video.muted = true
      video.srcObject = new MediaStream([screen])
      video.requestVideoFrameCallback(() => {
        state.atMs = Date.now()
        video.srcObject = null
      })
      void video.play()
    }
    const stop = call.subscribe(look)
    look()
  }, tab)
}

export async function screenAtMs({ page }: Device): Promise<number> {
  const read = () => page.evaluate(() => (globalThis as unknown as { awaited: { atMs?: number } }).awaited.atMs ?? 0)
  await expect.poll(read, { timeout: 20_000 }).toBeGreaterThan(0)
  return read()
}

export async function hasScreen({ page }: Device, of: Device): Promise<boolean> {
  const tab = await tabOf(of)
  return page.evaluate((tab) => asterism.room.call.remote.some((one) => one.tab === tab && one.screen !== undefined), tab)
}

/** Of the sound beside the other's screen. */
export async function screenLoudness({ page }: Device, of: Device): Promise<number> {
  const tab = await tabOf(of)
  const stream = await page.evaluateHandle((tab) => {
    const track = asterism.room.call.remote.find((one) => one.tab === tab)?.screenAudio
    return track === undefined ? undefined : new MediaStream([track])
  }, tab)
  return loudestSample(stream)
}

/** Whether this person is told that the other lets something out of the call. */
export async function isToldOfStreaming({ page }: Device, by: Device): Promise<boolean> {
  const tab = await tabOf(by)
  return page.evaluate(
    (tab) => asterism.room.call.session.state.participants.some(({ tabs, capture }) => tabs.includes(tab) && capture.streaming),
    tab,
  )
}
