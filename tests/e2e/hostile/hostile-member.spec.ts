/** A member who has the link and means harm: what he may not do is cut short, and costs the others nothing. */
import { type Device, makeDevice } from '../device.ts'
import { expect, startByApi, test } from './fixtures.ts'

/** The heap a victim may grow by while it is flooded. */
const HEAP_BYTES = 64 * 1024 * 1024

/** Comes in as a member does, with a link to the victim, and then does `deed`. Gives how long the victim let it go on. */
async function attack(member: Device, link: string, target: string, deed: 'unasked data' | 'unknown commands' | 'oversize frames') {
  await member.page.goto(`${member.origin}/harness.html`)
  await member.page.waitForFunction(() => 'hostileParts' in globalThis)
  return member.page.evaluate(
    async ({ link, target, deed }) => {
      const p = hostileParts
      const parsed = p.parseRoomLink(link)
      if (parsed === undefined) throw new Error('no link')
      const { peerId } = (await (await fetch('/relay.json')).json()) as { peerId: never }
      const relay = p.relayAddress(location.origin, peerId)
      const keys = await p.deriveRoomKeys(parsed.secret)
      const device = await p.loadDeviceKey()
      const mesh = await p.openMesh([])
      await mesh.connectRelay(relay, AbortSignal.timeout(10_000))
      const values = { load: async () => undefined, save: async () => {} }
      const log = await p.openMembershipLog({ keys, device, values })
      await log.joinSelf(Date.now())
      const peer = target as typeof mesh.self
      const options = { maxFrameBytes: p.CONTROL_FRAME_BYTES }
      const opened = new Promise<Parameters<typeof p.runHello>[0]>((resolve) => mesh.handle(p.HELLO_PROTOCOL, options, resolve))
      const links = p.openLinks({
        wire: mesh,
        device,
        verify: p.verifySignature,
        epoch: 0,
        clock: p.browserClock,
        random: (n) => crypto.getRandomValues(new Uint8Array(n)),
        iceServers: [],
        signal: new AbortController().signal,
        notify: () => {},
      })
      await mesh.dial(peer, relay, AbortSignal.timeout(10_000))
      const stream = mesh.self < peer ? await mesh.open(peer, p.HELLO_PROTOCOL, options) : await opened
      const hello = await p.runHello(stream, { self: mesh.self, device, keys, log, clock: p.browserClock })
      if (hello.kind !== 'done') throw new Error(`hello: ${hello.reason}`)
      links.admit(peer, hello.device)
      const until = async (isSo: () => boolean) => {
        for (let n = 0; n < 200 && !isSo(); n++) await new Promise((done) => setTimeout(done, 50))
      }
      await until(() => links.links.get(peer)?.state === 'connected')
      const evil = links.links.get(peer)
      if (evil?.state !== 'connected') throw new Error('no link')

      const startedAt = performance.now()
      let sent = 0
      try {
        while (evil.state === 'connected' && performance.now() - startedAt < 20_000) {
          if (deed === 'unasked data') {
            const frame = p.encodeDataFrame({ transfer: 1, index: 0, offset: 0, blockBytes: 1_000_000, payload: new Uint8Array(60_000) })
            sent += frame.byteLength
            const isSent = await Promise.race([evil.sendData(frame).then(() => true), new Promise((done) => setTimeout(done, 500))])
            if (isSent !== true) break
          } else {
            const frame = deed === 'oversize frames' ? new Uint8Array(200_000) : p.encodeFrame({ t: 'mischief', n: sent })
            if (!evil.sendCommand(frame)) break
            sent += frame.byteLength
            await new Promise((done) => setTimeout(done, 1))
          }
        }
      } catch {
        // The link was cut under our hands.
      }
      return { endedAfterMs: performance.now() - startedAt, sent }
    },
    { link, target, deed },
  )
}

const DEEDS = {
  'unasked data': 'credit-exceeded',
  'unknown commands': 'frame-unknown',
  'oversize frames': 'frame-too-large',
} as const

for (const [deed, code] of Object.entries(DEEDS) as [keyof typeof DEEDS, string][]) {
  test(`[HOSTILE-6] a member who sends ${deed} is cut within 2 s, by name, and the heap stays bounded`, async ({ browser, hostile }) => {
    const [ann, eve] = [
      await makeDevice(await browser.newContext(), 'Ann', hostile.origin),
      await makeDevice(await browser.newContext(), 'Eve', hostile.origin),
    ]
    const link = await startByApi(ann)
    await expect.poll(() => hostile.records.size).toBe(1)
    const target = await ann.page.evaluate(() => asterism.room?.me.tab ?? '')
    const heapOf = async () => {
      const session = await ann.context.newCDPSession(ann.page)
      await session.send('HeapProfiler.collectGarbage')
      return (await session.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number }
    }
    const before = await heapOf()
    const seen = await attack(eve, link, target, deed)
    const after = await heapOf()
    expect(seen.sent).toBeGreaterThan(0)
    expect(seen.endedAfterMs).toBeLessThan(2_000)
    await expect.poll(() => ann.page.evaluate(() => asterism.room?.notices.map((notice) => notice.code) ?? [])).toContain(code)
    const grown = after.usedSize + (after.backingStorageSize ?? 0) - before.usedSize - (before.backingStorageSize ?? 0)
    expect(grown).toBeLessThan(HEAP_BYTES)
    await Promise.all([ann.close(), eve.close()])
  })
}
