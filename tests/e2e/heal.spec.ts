/** What breaks while people are in a room, and how it comes right without them. One context is one device. */
import type { Page } from '@playwright/test'
import { cutWires, watchConnections } from './cut-wires.ts'
import { hashOfFile, putRandomFile, waitForHeld } from './files.ts'
import { type Device, expect, joinByApi, openRoom, seeMembers, startByApi, test } from './fixtures.ts'

const MIB = 1024 * 1024
/** What a person waits without thinking that it is broken. */
const SOON_MS = 5_000
/** A change is on disk by then, also where two cores carry three browsers. */
const WRITTEN_MS = 500
/** A relay that was away is tried again every half minute at the latest. */
const RELAY_BACK_MS = 45_000

test('[TRIAL-1] with the relay dead, two who lost each other meet again through a third', async ({ device, relay }) => {
  const [ann, ben, cid] = [
    await device('Ann', watchConnections),
    await device('Ben', watchConnections),
    await device('Cid', watchConnections),
  ]
  const link = await startByApi(ann)
  await joinByApi(ben, link)
  await joinByApi(cid, link)
  await Promise.all([ann, ben, cid].map((one) => seeMembers(one, 3)))
  await relay.kill()

  expect(await cutWires(ann.page, ben.page)).toBe(2)
  await Promise.all([missMember(ann, 'Ben'), missMember(ben, 'Ann')])
  await Promise.all([seeMembers(ann, 3, SOON_MS), seeMembers(ben, 3, SOON_MS)])

  await say(ann, 'there you are')
  await hear(ben, 'there you are')
  const { id, hash } = await putRandomFile(ben, 'again.bin', 2 * MIB)
  await waitForHeld(ann, id)
  expect(await hashOfFile(ann, id)).toBe(hash)
})

test('[TRIAL-2] [TRIAL-3] a relay that returns finds everybody, also those who reloaded while it was dead', async ({ device, relay }) => {
  test.setTimeout(120_000)
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  const link = await openRoom(ann)
  await joinByApi(ben, link)
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  const { id, hash } = await putRandomFile(ann, 'mine.bin', 2 * MIB)
  await waitForHeld(ben, id)
  await say(ann, 'before the storm')
  await hear(ben, 'before the storm')
  await ann.page.waitForTimeout(WRITTEN_MS)

  await relay.kill()
  const banner = ann.page.getByText('The meeting point cannot be reached.')
  await expect(banner).toBeVisible()
  await ann.page.reload()
  await inRoom(ann)
  await expect(banner).toBeVisible()
  await hear(ann, 'before the storm')
  expect(await hashOfFile(ann, id)).toBe(hash)
  expect(await ann.page.evaluate(() => asterism.room.me.name)).toBe('Ann')

  await relay.start()
  const cid = await device('Cid')
  await joinByApi(cid, link)
  await Promise.all([ann, ben, cid].map((one) => seeMembers(one, 3, RELAY_BACK_MS)))
  await expect(banner).toBeHidden()
  await waitForHeld(cid, id)
})

test('[TRIAL-4] a tab that crashed is gone from the screens of the others within five seconds', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await openRoom(ann))
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  const people = ann.page.getByRole('list', { name: 'Who is here' })
  await expect(people.getByText('Ben')).toBeVisible()

  await crash(ben.page)
  await expect(people.getByText('Ben')).toBeHidden({ timeout: SOON_MS })
})

test('[TRIAL-5] two tabs of one device are two members and one copy', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  const link = await openRoom(ann)
  await joinByApi(ben, link)
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  const second: Device = { ...ben, page: await ben.newTab() }
  await joinByApi(second, link)
  await Promise.all([ann, ben, second].map((one) => seeMembers(one, 3)))

  const { id, hash } = await putRandomFile(ann, 'one.bin', 2 * MIB)
  await Promise.all([ann, ben, second].map((one) => waitForCopies(one, id, 2)))
  expect(await hashOfFile(second, id)).toBe(hash)
  const seen = await ann.page.evaluate(() => new Set(asterism.room.members.map(({ device }) => device)).size)
  expect(seen).toBe(2)
  await expect(ann.page.getByRole('img', { name: 'on 2 devices', exact: true })).toBeVisible()
  await expect(ann.page.getByRole('list', { name: 'Who is here' }).getByText('Ben')).toHaveCount(2)

  // The first tab led the device; the second takes over what it did.
  await ben.page.close()
  const later = await putRandomFile(ann, 'two.bin', 2 * MIB)
  await waitForHeld(second, later.id)
  expect(await hashOfFile(second, later.id)).toBe(later.hash)
})

test('[TRIAL-6] a receiver that reloads half-way goes on from what it stored', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  const link = await startByApi(ann)
  await joinByApi(ben, link)
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  const { id, hash } = await putRandomFile(ann, 'long.bin', 64 * MIB)
  const before = await doneAtLeast(ben, id, 8 * MIB)
  expect(before).toBeLessThan(64 * MIB)

  await ben.page.reload()
  await joinByApi(ben, link)
  const first = await firstDone(ben, id)
  expect(first).toBeGreaterThanOrEqual(4 * MIB)
  await waitForHeld(ben, id)
  expect(await hashOfFile(ben, id)).toBe(hash)
})

test('[TRIAL-7] a person pauses, resumes and cancels a file on this device', async ({ device }) => {
  const [ann, ben] = [await device('Ann'), await device('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
  const { id, hash } = await putRandomFile(ann, 'long.bin', 64 * MIB)
  await doneAtLeast(ben, id, 4 * MIB)

  await ben.page.evaluate((id) => asterism.room.files.pause(id as never), id)
  const paused = await stateOf(ben, id)
  expect(paused).toMatchObject({ kind: 'paused' })
  await ben.page.waitForTimeout(1_000)
  expect((await stateOf(ben, id)).kind).toBe('paused')

  await ben.page.evaluate((id) => asterism.room.files.cancel(id as never), id)
  expect((await stateOf(ben, id)).kind).toBe('cancelled')
  await ben.page.evaluate((id) => asterism.room.files.resume(id as never), id)
  await waitForHeld(ben, id)
  expect(await hashOfFile(ben, id)).toBe(hash)
})

test('[TRIAL-19] [STORAGE-32] a page reloaded past all caches serves the files of the room as before', async ({ device }) => {
  const ann = await device('Ann')
  const link = await startByApi(ann)
  const { id, hash } = await putRandomFile(ann, 'film.bin', 2 * MIB)
  const session = await ann.context.newCDPSession(ann.page)
  // Asked before any script of the page: that one claims the worker soon.
  await ann.page.addInitScript(() => (window.name = `${navigator.serviceWorker.controller === null}`))
  const loaded = ann.page.waitForEvent('load')
  await session.send('Page.reload', { ignoreCache: true })
  await loaded
  expect(await ann.page.evaluate(() => window.name)).toBe('true')

  await joinByApi(ann, link)
  const served = await ann.page.evaluate(async (id) => {
    const response = await fetch(asterism.room.files.url(id as never) as string)
    return new Uint8Array(await crypto.subtle.digest('SHA-256', await response.arrayBuffer())).toHex()
  }, id)
  expect(served).toBe(hash)
})

async function say({ page }: Device, text: string): Promise<void> {
  await page.evaluate((text) => asterism.room.chat.send(text), text)
}

async function hear({ page }: Device, text: string): Promise<void> {
  await page.waitForFunction((text) => asterism.room.chat.messages.some((one) => one.text === text), text, { timeout: 20_000 })
}

async function inRoom({ page }: Device): Promise<void> {
  await page.waitForFunction(() => globalThis.asterism?.room !== undefined)
}

/** Seen to be away, so that being seen again means something. */
async function missMember({ page }: Device, name: string): Promise<void> {
  await page.waitForFunction((name) => !asterism.room.members.some((one) => one.name === name && one.connection === 'here'), name, {
    timeout: SOON_MS,
    polling: 'raf',
  })
}

async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  // The answer never comes from a page that is no more.
  session.send('Page.crash').catch(() => {})
  await crashed
}

async function waitForCopies({ page }: Device, id: string, count: number): Promise<void> {
  await page.waitForFunction(
    ({ id, count }) => asterism.room.files.list().find((one) => one.id === id)?.copies.length === count,
    { id, count },
    { timeout: 20_000 },
  )
}

type State = { readonly kind: string; readonly doneBytes?: number }

async function stateOf({ page }: Device, id: string): Promise<State> {
  return page.evaluate((id) => asterism.room.files.list().find((one) => one.id === id)?.state ?? { kind: 'unknown' }, id)
}

async function doneAtLeast({ page }: Device, id: string, bytes: number): Promise<number> {
  const done = await page.waitForFunction(
    ({ id, bytes }) => {
      const state = asterism.room.files.list().find((one) => one.id === id)?.state
      if (state?.kind === 'held') throw new Error('too fast: it is held already')
      return state !== undefined && 'doneBytes' in state && state.doneBytes >= bytes ? state.doneBytes : undefined
    },
    { id, bytes },
    { polling: 20 },
  )
  return (await done.jsonValue()) ?? 0
}

/** The first figure above zero after a reload: what was found in the store, before more came. */
async function firstDone({ page }: Device, id: string): Promise<number> {
  const done = await page.waitForFunction(
    (id) => {
      const state = asterism.room.files.list().find((one) => one.id === id)?.state
      return state !== undefined && 'doneBytes' in state && state.doneBytes > 0 ? state.doneBytes : undefined
    },
    id,
    { polling: 20 },
  )
  return (await done.jsonValue()) ?? 0
}
