import { afterEach, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { type RoomId, type TabId, toDeviceId } from '../../../../src/protocol/ids.ts'
import { HELLO_TIMEOUT_MS, STATE_FRAME_BYTES, STATE_PART_BYTES } from '../../../../src/protocol/limits.ts'
import { STATE_PROTOCOL } from '../../../../src/protocol/room-state.ts'
import { browserClock } from '../../../../src/tab/browser-clock.ts'
import { verifySignature } from '../../../../src/tab/room/ed25519.ts'
import { type MembershipLog, openMembershipLog } from '../../../../src/tab/room/membership-log.ts'
import { createPresence } from '../../../../src/tab/room/presence.ts'
import { createRoomDocument } from '../../../../src/tab/room/room-document.ts'
import { deriveRoomKeys, makeRoomSecret } from '../../../../src/tab/room/room-keys.ts'
import { startStateSync } from '../../../../src/tab/room/state-sync.ts'
import { ActLog } from '../../../../src/tab/session/act-log.ts'
import { memoryValues, newDevice } from '../../../twins/device.ts'
import { WireHub } from '../../../twins/wire.ts'

const room = 'room' as RoomId
const tabId = (name: string) => name.padEnd(52, '1') as TabId
const closing = new AbortController()
afterEach(() => {
  vi.useRealTimers()
})

/** A tab with its share of the room, on a wire in memory. */
async function tabOn(hub: WireHub, name: string, secret = 1) {
  const tab = tabId(name)
  const device = toDeviceId(new Uint8Array(32).fill(name.charCodeAt(0)))
  const { content: key } = await deriveRoomKeys(new Uint8Array(32).fill(secret))
  const log = logs.get(name) ?? silentLog
  const { doc, profiles, chat } = createRoomDocument()
  const presence = createPresence({ tab, device }, 1)
  const notices: string[] = []
  const goodbyes: TabId[] = []
  const sync = startStateSync({
    wire: hub.wire(tab),
    room,
    key,
    epoch: 0,
    doc,
    apply: (update, from) => Y.applyUpdate(doc, update, from),
    presence,
    log,
    acts: actLogs.get(name) ?? silentActs,
    clock: browserClock,
    signal: closing.signal,
    notify: (code) => notices.push(code),
    onGoodbye: (gone) => goodbyes.push(gone),
  })
  const names = () => [...profiles.entries().values()].map((profile) => profile.name).sort()
  const say = (text: string) => profiles.setMany(new Map([[device, { name: text }]]))
  return { tab, device, sync, presence, chat, names, say, notices, goodbyes }
}
/** Most of these tests are not about membership. */
const silentLog: Pick<MembershipLog, 'take' | 'subscribe'> = { take: async () => true, subscribe: () => () => {} }
const logs = new Map<string, MembershipLog>()
/** Nor about meetings. */
const silentActs: Pick<ActLog, 'frames' | 'take' | 'onTold'> = { frames: () => [], take: async () => {}, onTold: () => () => {} }
const actLogs = new Map<string, ActLog>()
type Tab = Awaited<ReturnType<typeof tabOn>>

function meet(a: Tab, b: Tab): void {
  a.sync.admit(b.tab, b.device)
  b.sync.admit(a.tab, a.device)
  for (const one of [a, b]) one.presence.setSees([...one.presence.own().sees, one === a ? b.tab : a.tab])
}

test('[STATE-3] two tabs that meet have the same state, whatever each had before', async () => {
  const hub = new WireHub()
  const [ann, ben] = [await tabOn(hub, 'ann'), await tabOn(hub, 'ben')]
  ann.say('Ann')
  ben.say('Ben')
  meet(ann, ben)
  await vi.waitFor(() =>
    expect([ann.names(), ben.names()]).toEqual([
      ['Ann', 'Ben'],
      ['Ann', 'Ben'],
    ]),
  )
})

test('[STATE-3] a state of many parts arrives whole', async () => {
  const hub = new WireHub()
  const [ann, ben] = [await tabOn(hub, 'ann'), await tabOn(hub, 'ben')]
  const texts = Array.from({ length: 3 * Math.ceil(STATE_PART_BYTES / 4_000) }, (_, n) => `${n} ${'x'.repeat(4_000)}`)
  for (const [n, text] of texts.entries()) ann.chat.push({ id: `${n}`, from: ann.device, text, atMs: n })
  meet(ann, ben)
  await vi.waitFor(() => expect(ben.chat.messages().map(({ text }) => text)).toEqual(texts))
})

test('[STATE-4] a change reaches a tab that its maker is not connected to', async () => {
  const hub = new WireHub()
  const [ann, ben, cid] = [await tabOn(hub, 'ann'), await tabOn(hub, 'ben'), await tabOn(hub, 'cid')]
  meet(ann, ben)
  meet(ben, cid)
  await vi.waitFor(() => expect(ben.presence.all().get(ann.tab)?.sees).toEqual([ben.tab]))
  ann.say('Ann')
  await vi.waitFor(() => expect(cid.names()).toEqual(['Ann']))
  expect(cid.presence.all().has(ann.tab)).toBe(true)
})

test('[STATE-5] a stream before the hello waits for it, and is refused when none comes', async () => {
  const hub = new WireHub()
  const [ann, ben] = [await tabOn(hub, 'ann'), await tabOn(hub, 'ben')]
  ann.say('Ann')
  ann.sync.admit(ben.tab, ben.device)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(ben.names()).toEqual([])
  ben.sync.admit(ann.tab, ann.device)
  await vi.waitFor(() => expect(ben.names()).toEqual(['Ann']))
})

test('[STATE-5] a stranger who only opens a stream is cut', async () => {
  vi.useFakeTimers()
  const hub = new WireHub()
  await tabOn(hub, 'ben')
  const stream = await hub.wire(tabId('eve')).open(tabId('ben'), STATE_PROTOCOL, { maxFrameBytes: STATE_FRAME_BYTES })
  const ended = expect(stream.frames[Symbol.asyncIterator]().next()).rejects.toThrow()
  await vi.advanceTimersByTimeAsync(HELLO_TIMEOUT_MS + 1)
  await ended
})

test('[STATE-6] a tab with another key is cut and named', async () => {
  const hub = new WireHub()
  const [ann, eve] = [await tabOn(hub, 'ann'), await tabOn(hub, 'eve', 2)]
  eve.say('Eve')
  meet(ann, eve)
  // Each finds the other's frames unreadable; who is first cuts the stream under the other.
  await vi.waitFor(() => expect([...ann.notices, ...eve.notices]).toContain('frame-malformed'))
  expect([ann.names(), eve.names()]).toEqual([[], ['Eve']])
})

test('[STATE-9] presence that claims another device is refused', async () => {
  const hub = new WireHub()
  const [ann, ben] = [await tabOn(hub, 'ann'), await tabOn(hub, 'ben')]
  ann.sync.admit(ben.tab, ann.device)
  ben.sync.admit(ann.tab, ann.device)
  await vi.waitFor(() => expect(ann.notices).toEqual(['membership-invalid']))
  expect(ann.presence.all().has(ben.tab)).toBe(false)
})

test('[STATE-10] only a tab itself says that it goes', async () => {
  const hub = new WireHub()
  const [ann, ben, cid] = [await tabOn(hub, 'ann'), await tabOn(hub, 'ben'), await tabOn(hub, 'cid')]
  meet(ann, ben)
  meet(ben, cid)
  await vi.waitFor(() => expect(cid.presence.all().has(ann.tab)).toBe(true))
  ann.presence.setGone()
  await vi.waitFor(() => expect(ben.goodbyes).toEqual([ann.tab]))
  await ben.sync.drained()
  expect(cid.goodbyes).toEqual([])
})

test('[STATE-12] a role set by the owner reaches a tab he is not connected to, and counts there', async () => {
  const hub = new WireHub()
  const [owner, member] = [await newDevice(), await newDevice()]
  const keys = await deriveRoomKeys(await makeRoomSecret(owner.id))
  logs.set('ann', await openMembershipLog({ keys, device: owner, values: memoryValues() }))
  logs.set('ben', await openMembershipLog({ keys, device: member, values: memoryValues() }))
  logs.set('cid', await openMembershipLog({ keys, device: await newDevice(), values: memoryValues() }))
  const [annLog, benLog, cidLog] = ['ann', 'ben', 'cid'].map((name) => logs.get(name) as MembershipLog) as [
    MembershipLog,
    MembershipLog,
    MembershipLog,
  ]
  const [ann, ben, cid] = [await tabOn(hub, 'ann'), await tabOn(hub, 'ben'), await tabOn(hub, 'cid')]
  for (const log of [annLog, benLog, cidLog]) await log.joinSelf(1)
  for (const log of [annLog, benLog, cidLog]) for (const other of [annLog, benLog, cidLog]) await log.take(other.entries())
  meet(ann, ben)
  meet(ben, cid)
  await annLog.setRole(member.id, 'moderator', 2)
  await vi.waitFor(() => expect(cidLog.state().members.get(member.id)?.role).toBe('moderator'))
  logs.clear()
})

test('[SESSION-29] an act reaches whoever is connected, those its maker is not connected to, and who comes later', async () => {
  const hub = new WireHub()
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const writer = await newDevice()
  const names = ['ann', 'ben', 'cid', 'dan'] as const
  for (const name of names) {
    const roles = () => new Map([[writer.id, 'owner' as const]])
    const parts = { room, device: writer, key, values: memoryValues(), verify: verifySignature, roles, clock: browserClock }
    actLogs.set(name, new ActLog(parts, () => {}))
  }
  const [ann, ben, cid, dan] = [await tabOn(hub, 'ann'), await tabOn(hub, 'ben'), await tabOn(hub, 'cid'), await tabOn(hub, 'dan')]
  meet(ann, ben)
  meet(ben, cid)
  await vi.waitFor(() => expect(ben.presence.all().size).toBe(3))
  await actLogs.get('ann')?.write(() => [{ says: { t: 'hush-microphone', on: true }, subject: 'all' }])
  await vi.waitFor(() => expect(actLogs.get('cid')?.acts.size).toBe(1))
  meet(cid, dan)
  await vi.waitFor(() => expect(actLogs.get('dan')?.acts.size).toBe(1))
  for (const name of names) actLogs.delete(name)
})

test('[PRESENCE-6] a tab we meet is told of those who do not see it, the others tell it themselves', async () => {
  const hub = new WireHub()
  const [ann, dan] = [await tabOn(hub, 'ann'), await tabOn(hub, 'dan')]
  const [ben, cleo] = [await tabOn(hub, 'ben'), await tabOn(hub, 'cleo')]
  cleo.presence.setSees([ann.tab, dan.tab])
  ann.presence.receive(ben.presence.own())
  ann.presence.receive(cleo.presence.own())
  meet(ann, dan)
  await vi.waitFor(() => expect(dan.presence.all().has(ben.tab)).toBe(true))
  ann.say('Ann')
  await vi.waitFor(() => expect(dan.names()).toEqual(['Ann']))
  expect(dan.presence.all().has(cleo.tab)).toBe(false)
})
