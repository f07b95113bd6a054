/** What a relay can do with all it sees and carries: nothing but be in the way. */
import { setTimeout as wait } from 'node:timers/promises'
import type { TabId } from '../../../src/protocol/ids.ts'
import { type Device, makeDevice } from '../device.ts'
import { test as base, expect, type HostileParts, type HostileRelay, joinByApi, seeMembers, startByApi } from './fixtures.ts'

const LONG_ENOUGH_MS = 4_000

const test = base.extend<{ readonly victim: (name: string) => Promise<Device> }>({
  victim: async ({ browser, hostile }, use) => {
    const devices: Device[] = []
    await use(async (name) => {
      const device = await makeDevice(await browser.newContext(), name, hostile.origin)
      devices.push(device)
      return device
    })
    for (const device of devices) await device.close()
  },
})

/** Tabs that are here or were ever reached when time enough has passed, seen from each of these devices; itself not counted. */
async function reached(...devices: readonly Device[]): Promise<number[]> {
  await wait(LONG_ENOUGH_MS)
  const count = () => asterism.room?.members.filter(({ isMe, connection }) => !isMe && connection !== 'connecting').length ?? -1
  return Promise.all(devices.map(({ page }) => page.evaluate(count)))
}

async function noticesOf({ page }: Device): Promise<string[]> {
  return page.evaluate(() => asterism.room?.notices.map(({ code }) => code) ?? [])
}

test('[HOSTILE-1] an honest run over this relay connects: what fails below fails for its own reason', async ({ victim }) => {
  const [ann, ben] = [await victim('Ann'), await victim('Ben')]
  await joinByApi(ben, await startByApi(ann))
  await Promise.all([seeMembers(ann, 2), seeMembers(ben, 2)])
})

for (const where of ['first', 'middle', 'last'] as const) {
  test(`[HOSTILE-2] a relay that flips the ${where} byte of what it carries connects nobody`, async ({ hostile, victim }) => {
    const [ann, ben] = [await victim('Ann'), await victim('Ben')]
    hostile.mischief.bend = (bytes) => {
      const at = { first: 0, middle: bytes.length >> 1, last: bytes.length - 1 }[where]
      bytes[at] = (bytes[at] ?? 0) ^ 1
      return bytes
    }
    await joinByApi(ben, await startByApi(ann))
    expect([await reached(ann, ben), hostile.circuits() > 0]).toEqual([[0, 0], true])
  })
}

test('[HOSTILE-3] made-up members and records under another name are not even dialed', async ({ hostile, victim }) => {
  const ann = await victim('Ann')
  const ghost = '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp' as TabId
  hostile.mischief.list = (truth) => [
    { tab: ghost, sealed: new Uint8Array(120).fill(7) },
    ...truth.map(({ sealed }) => ({ tab: ghost, sealed })),
  ]
  await startByApi(ann)
  expect([await reached(ann), hostile.circuits()]).toEqual([[0], 0])
})

test('[HOSTILE-4] a dial handed to a stranger does not reach him as somebody else', async ({ hostile, victim, context }) => {
  const [ann, ben] = [await victim('Ann'), await victim('Ben')]
  const stranger = await openStranger(context, hostile)
  hostile.mischief.divert = stranger.tab
  await joinByApi(ben, await startByApi(ann))
  expect([await reached(ann, ben), hostile.circuits() > 0]).toEqual([[0, 0], true])
})

test('[HOSTILE-5] a ghost who knows the room id and every tab in it, but not the secret, is turned away by name', async ({
  hostile,
  victim,
  context,
}) => {
  const ann = await victim('Ann')
  const link = await startByApi(ann)
  await expect.poll(() => hostile.records.size).toBe(1)
  const [target] = [...hostile.records.keys()]
  const stranger = await openStranger(context, hostile)
  const learned = await stranger.page.evaluate(
    async ({ target, room }) => {
      const {
        openMembershipLog,
        deriveRoomKeys,
        loadDeviceKey,
        runHello,
        browserClock: clock,
        HELLO_PROTOCOL,
        CONTROL_FRAME_BYTES,
      } = hostileParts
      const { mesh, relay } = globalThis as unknown as { mesh: Awaited<ReturnType<HostileParts['openMesh']>>; relay: never }
      const device = await loadDeviceKey()
      const own = await deriveRoomKeys(crypto.getRandomValues(new Uint8Array(32)))
      const keys = { ...own, roomId: room as typeof own.roomId }
      const values = { load: async () => undefined, save: async () => {} }
      const log = await openMembershipLog({ keys, device, values })
      const options = { maxFrameBytes: CONTROL_FRAME_BYTES }
      // Whoever has the lower id opens the stream, at once; the ghost waits from before they meet, and also tries.
      const { promise: met, resolve } = Promise.withResolvers<Parameters<typeof runHello>[0]>()
      mesh.handle(HELLO_PROTOCOL, options, resolve)
      await mesh.dial(target, relay, AbortSignal.timeout(10_000))
      if (mesh.self < target) void mesh.open(target, HELLO_PROTOCOL, options).then(resolve)
      const stream = await met
      const result = await runHello(stream, { self: mesh.self, device, keys, log, clock })
      return { result, members: log.state().members.size }
    },
    { target: target as TabId, room: link.split('#/r/')[1]?.split('.')[0] ?? '' },
  )
  expect(learned).toEqual({ result: { kind: 'refused', reason: 'proof-refused', by: expect.any(String) }, members: 0 })
  expect([await reached(ann), await noticesOf(ann)]).toEqual([[0], ['proof-refused']])
})

/** A page with the parts of a tab and no room, known to the relay. */
async function openStranger(context: import('@playwright/test').BrowserContext, hostile: HostileRelay) {
  const page = await context.newPage()
  await page.goto(`${hostile.origin}/harness.html`)
  await page.waitForFunction(() => 'hostileParts' in globalThis)
  const tab = await page.evaluate(async () => {
    const { openMesh, relayAddress } = hostileParts
    const { peerId } = (await (await fetch('/relay.json')).json()) as { peerId: TabId }
    const relay = relayAddress(location.origin, peerId)
    const mesh = await openMesh([])
    await mesh.connectRelay(relay, AbortSignal.timeout(10_000))
    Object.assign(globalThis, { mesh, relay })
    return mesh.self
  })
  return { page, tab }
}
