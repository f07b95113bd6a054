/** Sessions by the public API, in real tabs: what is decided holds for pages that keep to it and for those that do not. */
import type { BrowserContext } from '@playwright/test'
import type { DeviceId } from '../../../src/protocol/ids.ts'
import { CALL_ONLY, type Device, expect, joinByApi, seeMembers, startByApi, test } from '../fixtures.ts'
import { countFrames, joinCall, seeMoving, tabOf } from '../meeting/in-call.ts'
import { bytesBelow, deviceOf, dontKeepToHushes, hear, hearNothing, listenBelow, settle } from './ears.ts'

test.use(CALL_ONLY)

type MakeDevice = (name: string, prepare?: (context: BrowserContext) => Promise<void>) => Promise<Device>

async function meet(device: MakeDevice, names: readonly string[], prepare = listenBelow): Promise<readonly [Device[], string]> {
  const all: Device[] = []
  for (const name of names) all.push(await device(name, prepare))
  const link = await startByApi(all[0] as Device)
  for (const other of all.slice(1)) await joinByApi(other, link)
  await Promise.all(all.map((one) => seeMembers(one, names.length)))
  return [all, link]
}

const SEEN = { microphone: false, camera: true }
const HEARD = { microphone: true, camera: true }

/** The layers that one gets of another now. */
async function layersFrom({ page }: Device, source: Device): Promise<readonly string[]> {
  const tab = await tabOf(source)
  return page.evaluate((tab) => {
    const streams = asterism.room.call.stats?.streams ?? []
    return streams.flatMap((one) => (one.tab === tab && (one.fps > 0 || one.layer === 'audio') ? [one.layer] : [])).sort()
  }, tab)
}

function participant({ page }: Device, device: DeviceId) {
  return page.evaluate((device) => asterism.room.call.session.state.participants.find((one) => one.device === device), device)
}

test('[SESSION-23] a client that does not keep to a hush is heard by nobody', async ({ device }) => {
  const [all] = await meet(device, ['Ann', 'Ben', 'Cleo'], dontKeepToHushes)
  const [ann, ben, cleo] = all as [Device, Device, Device]
  await joinCall(ann, SEEN)
  await joinCall(cleo, SEEN)
  await joinCall(ben, HEARD)
  await Promise.all(all.map((one) => seeMoving(one, 2)))
  await Promise.all([hear(ann), hear(cleo)])
  await ben.page.evaluate(() => {
    ears.isDeaf = true
  })
  const who = await deviceOf(ben)
  await ann.page.evaluate((who) => asterism.room.call.session.hush(who, { microphone: true, camera: true }), who)
  await expect.poll(async () => (await participant(cleo, who))?.hushed.microphone).toBe(true)
  await settle(cleo)
  await Promise.all([hearNothing(cleo), hearNothing(ann)])
  const tab = await tabOf(ben)
  expect((await countFrames(cleo))[tab]).toBe(0)
  await ann.page.evaluate((who) => asterism.room.call.session.hush(who, { microphone: false, camera: false }), who)
  await Promise.all([hear(cleo), seeMoving(cleo, 2)])
})

test('[SESSION-24] who comes to a lobby gets nothing until admitted, and who is removed gets nothing more', async ({ device }) => {
  const [all] = await meet(device, ['Ann', 'Ben', 'Cleo'], dontKeepToHushes)
  const [ann, ben, cleo] = all as [Device, Device, Device]
  await joinCall(ann, HEARD)
  await joinCall(ben, HEARD)
  await seeMoving(ben, 1)
  await ann.page.evaluate(() => asterism.room.call.session.setLobby(true))
  await expect.poll(() => cleo.page.evaluate(() => asterism.room.call.session.state.lobby)).toBe(true)
  await joinCall(cleo, HEARD)
  const who = await deviceOf(cleo)
  await expect.poll(async () => (await participant(ann, who))?.place).toBe('waiting')
  await settle(cleo)
  expect(await cleo.page.evaluate(() => asterism.room.call.remote)).toEqual([])
  await hearNothing(cleo)
  expect(await ann.page.evaluate(() => asterism.room.call.remote.length)).toBe(1)

  await ann.page.evaluate((who) => asterism.room.call.session.admit([who]), who)
  await Promise.all([...all.map((one) => seeMoving(one, 2)), hear(cleo)])

  expect(await bytesBelow(cleo)).toBeGreaterThan(20_000)
  // From here on she asks for what she had, whatever she is told.
  await cleo.page.evaluate(() => {
    ears.isDeaf = true
  })
  await ann.page.evaluate((who) => asterism.room.call.session.remove(who), who)
  await expect.poll(() => cleo.page.evaluate(() => asterism.room.call.remote)).toEqual([])
  await settle(cleo)
  // Reports of what came are all that is left.
  expect(await bytesBelow(cleo)).toBeLessThan(2_000)
  await Promise.all([hearNothing(cleo), seeMoving(ben, 1)])
})

test('[SESSION-25] what a moderator decided stays when the moderator leaves, and a tab that comes later has all of it', async ({
  device,
}) => {
  const [all, link] = await meet(device, ['Ann', 'Max', 'Ben'])
  const [ann, max, ben] = all as [Device, Device, Device]
  const [moderator, who] = [await deviceOf(max), await deviceOf(ben)]
  await ann.page.evaluate((device) => asterism.room.setRole(device, 'moderator'), moderator)
  for (const one of all) await joinCall(one, SEEN)
  await expect.poll(() => max.page.evaluate(() => asterism.room.call.session.state.mayModerate)).toBe(true)
  await max.page.evaluate(async (who) => {
    const { session } = asterism.room.call
    await session.hush(who, { camera: true })
    await session.pushLayout('speaker', 'all')
    await session.setWelcome({ title: 'Welcome', text: 'Soon', agenda: [], file: undefined })
  }, who)
  const state = ({ page }: Device) =>
    page.evaluate((who) => {
      const { layout, welcome, participants } = asterism.room.call.session.state
      return [layout, welcome?.title, participants.find(({ device }) => device === who)?.hushed.camera]
    }, who)
  await expect.poll(() => state(ann)).toEqual(['speaker', 'Welcome', true])
  await max.close()
  await seeMembers(ann, 2)
  expect(await state(ann)).toEqual(['speaker', 'Welcome', true])
  const dan = await device('Dan', listenBelow)
  await joinByApi(dan, link)
  await seeMembers(dan, 3)
  await expect.poll(() => state(dan)).toEqual(['speaker', 'Welcome', true])
  await joinCall(dan, SEEN)
  await seeMoving(dan, 1)
  expect((await countFrames(dan))[await tabOf(ben)]).toBe(0)
})

test('[SESSION-26] a move to a sub-room negotiates nothing, and the main room sees and hears nothing of it', async ({ device }) => {
  const [all] = await meet(device, ['Ann', 'Ben', 'Cleo'])
  const [ann, ben, cleo] = all as [Device, Device, Device]
  for (const one of all) await joinCall(one, one === ann ? SEEN : HEARD)
  await Promise.all(all.map((one) => seeMoving(one, 2)))
  await Promise.all([hear(ann), hear(ben)])
  const rounds = () => Promise.all(all.map(({ page }) => page.evaluate(() => ears.rounds)))
  // Lines are opened one after another; then nothing is negotiated any more.
  await settle(ann)
  const before = await rounds()
  const pair = [await deviceOf(ben), await deviceOf(cleo)]
  await ann.page.evaluate(async (pair) => {
    const { session } = asterism.room.call
    await session.setSubRooms([{ id: 'a', name: 'Room A' }], { peopleMove: true })
    await session.place(pair, 'a')
  }, pair)
  await expect.poll(() => ann.page.evaluate(() => asterism.room.call.remote)).toEqual([])
  await settle(ann)
  await Promise.all([hearNothing(ann), seeMoving(ben, 2), seeMoving(cleo, 2), hear(cleo)])
  await expect.poll(() => layersFrom(ben, ann)).toEqual(['thumb'])
  await expect.poll(() => layersFrom(ben, cleo)).toEqual(['audio', 'main'])
  // One goes back by himself, where people may.
  await ben.page.evaluate(() => asterism.room.call.session.moveTo(undefined))
  await Promise.all([seeMoving(ann, 1), hear(ann)])
  await expect.poll(() => layersFrom(ann, ben)).toEqual(['audio', 'main'])
  expect(await rounds()).toEqual(before)
})

test('[SESSION-27] a screen is shown to those it is shared with, and to the others when it is for all', async ({ device }) => {
  const [all] = await meet(device, ['Ann', 'Ben', 'Cleo'])
  const [ann, ben, cleo] = all as [Device, Device, Device]
  for (const one of all) await joinCall(one, SEEN)
  await Promise.all(all.map((one) => seeMoving(one, 2)))
  const [who, tab] = [await deviceOf(ben), await tabOf(ann)]
  await ann.page.evaluate(async (who) => {
    await asterism.room.call.session.shareWith([who])
    await asterism.room.call.setScreen(true)
  }, who)
  const sees = ({ page }: Device) =>
    page.evaluate((tab) => asterism.room.call.remote.find((one) => one.tab === tab)?.screen !== undefined, tab)
  await expect.poll(() => sees(ben)).toBe(true)
  await settle(cleo)
  expect(await sees(cleo)).toBe(false)
  expect(await layersFrom(cleo, ann)).not.toContain('screen')
  await ann.page.evaluate(() => asterism.room.call.session.shareWith(undefined))
  await expect.poll(() => sees(cleo)).toBe(true)
})

test('[SESSION-28] a whisper is heard by one, and by all again when it is over', async ({ device }) => {
  const [all] = await meet(device, ['Ann', 'Ben', 'Cleo'])
  const [ann, ben, cleo] = all as [Device, Device, Device]
  for (const one of all) await joinCall(one, one === ann ? HEARD : SEEN)
  await Promise.all([hear(ben), hear(cleo)])
  const who = await deviceOf(ben)
  await ann.page.evaluate((who) => asterism.room.call.session.whisper(who), who)
  await settle(cleo)
  await Promise.all([hearNothing(cleo), hear(ben)])
  await ann.page.evaluate(() => asterism.room.call.session.whisper(undefined))
  await hear(cleo)
})
