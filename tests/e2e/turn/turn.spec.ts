/** Two whose networks let nothing through to each other: everything they have together goes through a TURN server. */
import { createHmac } from 'node:crypto'
import type { BrowserContext } from '@playwright/test'
import { ERROR_SENTENCES } from '../../../src/protocol/errors.ts'
import { hashOfFile, putRandomFile, waitForHeld } from '../files.ts'
import { test as base, type Device, expect, joinByApi, openRoom, seeMembers, startByApi } from '../fixtures.ts'
import { joinCall, seeMoving } from '../meeting/in-call.ts'
import { RelayProcess } from '../relay-process.ts'
import { Coturn, whyNoTurn } from './coturn.ts'

const SECRET = 'a secret of two servers'
const LIFE_SECONDS = 12

type Pair = { readonly username: string; readonly credential: string }

declare global {
  var spoiledAccess: Pair | undefined
}

const test = base.extend<{ readonly turn: Coturn }>({
  turn: async ({ browserName: _ }, use, testInfo) => {
    const missing = whyNoTurn()
    testInfo.skip(missing !== undefined && process.env['CI'] === undefined, missing)
    const turn = await Coturn.open(SECRET)
    await use(turn)
    await turn.close()
  },
  relay: async ({ turn }, use) => {
    const relay = await RelayProcess.open({ TURN_URLS: turn.url, TURN_SECRET: SECRET, TURN_SECONDS: String(LIFE_SECONDS) })
    await use(relay)
    await relay.close()
  },
})

/** Connections to others may go by a server only; those of the page with itself stay as they are. */
async function withoutDirectWay(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const Connection = RTCPeerConnection
    // biome-ignore lint/suspicious/noGlobalAssign: the page's own connections are to be of this kind
    RTCPeerConnection = class extends Connection {
      constructor(config: RTCConfiguration = {}) {
        super((config.iceServers ?? []).length > 0 ? { ...config, iceTransportPolicy: 'relay' } : config)
      }
    }
  })
}

/** The relay's card with another name and password, for as long as the page holds `spoiledAccess`. */
function withAccess(access: Pair): (context: BrowserContext) => Promise<void> {
  return async (context) => {
    await withoutDirectWay(context)
    await context.addInitScript((access) => {
      globalThis.spoiledAccess = access
      const ask = fetch
      globalThis.fetch = async (...asked) => {
        const response = await ask(...asked)
        if (!response.url.endsWith('/relay.json')) return response
        const card = (await response.json()) as { readonly turn: object }
        return Response.json({ ...card, turn: { ...card.turn, ...globalThis.spoiledAccess } })
      }
    }, access)
  }
}

function pathTo({ page }: Device): Promise<string | undefined> {
  return page.evaluate(() => asterism.room.members.find(({ isMe }) => !isMe)?.path)
}

test('[TURN-3] [TURN-4] two without a direct way meet by the server, with access renewed long after it lapsed', async ({ device }) => {
  const [ann, ben] = [await device('Ann', withoutDirectWay), await device('Ben', withoutDirectWay)]
  const link = await startByApi(ann)
  await expect.poll(() => ann.page.evaluate(() => asterism.room.status.relay)).toBe('connected')
  await ann.page.waitForTimeout((LIFE_SECONDS + 2) * 1000)
  await joinByApi(ben, link)
  for (const one of [ann, ben]) await seeMembers(one, 2, 30_000)
  for (const one of [ann, ben]) await expect.poll(() => pathTo(one)).toBe('relayed')

  const { id, hash } = await putRandomFile(ann, 'round about', 3_000_000)
  await waitForHeld(ben, id)
  expect(await hashOfFile(ben, id)).toBe(hash)
  for (const one of [ann, ben]) await joinCall(one)
  await Promise.all([ann, ben].map((one) => seeMoving(one, 1)))
  expect(await ann.page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('credential')
  expect([...ann.errors, ...ben.errors]).toEqual([])
})

test('[TURN-5] with a wrong and a lapsed password people are told, the room goes on, and good ones mend it', async ({ device }) => {
  // Half a minute of dials before anything is told, and a busy machine before and after.
  test.setTimeout(180_000)
  const lapsed = '1700000000:somebody'
  const signed = createHmac('sha1', SECRET).update(lapsed).digest('base64')
  const ann = await device('Ann', withAccess({ username: `${Math.floor(Date.now() / 1000) + 600}:ann`, credential: 'wrong' }))
  const ben = await device('Ben', withAccess({ username: lapsed, credential: signed }))
  await joinByApi(ben, await openRoom(ann))
  await expect(ann.page.getByText(ERROR_SENTENCES['tab-unreached'])).toBeVisible({ timeout: 50_000 })
  expect(await ben.page.evaluate(() => asterism.room.members.length)).toBe(1)
  for (const { page } of [ann, ben]) expect(await page.evaluate(() => asterism.room.status.relay)).toBe('connected')

  for (const { page } of [ann, ben]) await page.evaluate(() => Reflect.set(globalThis, 'spoiledAccess', undefined))
  for (const one of [ann, ben]) await seeMembers(one, 2, 40_000)
  expect(await pathTo(ann)).toBe('relayed')
  expect([...ann.errors, ...ben.errors]).toEqual([])
})
