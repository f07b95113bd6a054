/**
 * Two tabs in one page, on the wire in memory: real links over real RTCPeerConnections, without libp2p and the room. The
 * spec drives them through `pairs`.
 */
import { decode } from 'cborg'
import type { Call } from '../../../src/ports/asterism.ts'
import type { Link } from '../../../src/ports/link.ts'
import type { Meeting } from '../../../src/ports/meeting.ts'
import type { Presence } from '../../../src/ports/room-state.ts'
import { type Bytes, toBase64Url } from '../../../src/protocol/bytes.ts'
import { encodeFrame } from '../../../src/protocol/frame.ts'
import { type DeviceId, parseTabId, type RoomId, type TabId } from '../../../src/protocol/ids.ts'
import type { Role } from '../../../src/protocol/membership.ts'
import type { PresenceRecord } from '../../../src/protocol/room-state.ts'
import { WIRE } from '../../../src/protocol/wire-version.ts'
import { browserClock } from '../../../src/tab/browser-clock.ts'
import { openCall } from '../../../src/tab/call/open-call.ts'
import { type LinkManager, openLinks } from '../../../src/tab/link/open-links.ts'
import type { ActLog } from '../../../src/tab/session/act-log.ts'
import { openSession } from '../../../src/tab/session/open-session.ts'
import { WireHub } from '../../twins/wire.ts'

export type LinkedTab = {
  readonly tab: TabId
  readonly device: DeviceId
  readonly manager: LinkManager
  readonly call: Call
  readonly connections: RTCPeerConnection[]
  readonly notices: string[]
  readonly close: () => void
}

const hub = new WireHub()

/** Who asked for what seals calls, and how long that takes: here it is for engines that have none. */
const meetings = { asked: [] as TabId[], open: (): Promise<Meeting | undefined> => Promise.resolve(undefined) }

async function openTab(letter: string): Promise<LinkedTab> {
  const tab = parseTabId(letter.repeat(52)) as TabId
  const keys = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const device = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey))) as DeviceId
  const connections: RTCPeerConnection[] = []
  const notices: string[] = []
  const closing = new AbortController()
  const sign = async (claim: Bytes) => new Uint8Array(await crypto.subtle.sign('Ed25519', keys.privateKey, claim))
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
  const manager = openLinks({
    wire: hub.wire(tab),
    device: { id: device, sign },
    verify: verifySignature,
    epoch: 0,
    clock: browserClock,
    random,
    iceServers: [],
    signal: closing.signal,
    notify: (code, detail) => notices.push(`${code}: ${detail}`),
    makePeerConnection: (configuration) => {
      const connection = new RTCPeerConnection(configuration)
      connections.push(connection)
      return connection
    },
  })
  let call: Call | undefined
  const presence = presenceOf(tab, device)
  const session = await openSession({
    room: 'room' as RoomId,
    device: { id: device, sign },
    key: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
    values: { load: async () => undefined, save: async () => {} },
    verify: verifySignature,
    members: () => members,
    presence,
    nameOf: (id) => id,
    random,
    watch: [],
    clock: browserClock,
    signal: closing.signal,
  })
  members = new Map([...members, [device, { role: members.size === 0 ? 'owner' : 'member' }]])
  session.log.onTold((frame) => {
    for (const other of logs) if (other !== session.log) void other.take(frame, tab)
  })
  logs.push(session.log)
  const open = () =>
    openCall({
      links: manager.links,
      presence,
      session,
      devices: navigator.mediaDevices,
      clock: browserClock,
      signal: closing.signal,
      notify: (code, detail) => notices.push(`${code}: ${detail}`),
      openMeeting: () => {
        meetings.asked.push(tab)
        return meetings.open()
      },
      openTools: () => Promise.reject(new Error('no tools here')),
      openEffects: () => Promise.reject(new Error('no effects here')),
    })
  return {
    tab,
    device,
    manager,
    // A call takes tracks off that it did not put on: only tests of calls open one.
    get call() {
      call ??= open()
      return call
    },
    connections,
    notices,
    close: () => closing.abort(),
  }
}

/** Acts go from log to log; whoever comes first owns the room. */
const logs: ActLog[] = []
let members: ReadonlyMap<DeviceId, { readonly role: Role }> = new Map()

/** One table that both tabs see, in place of the presence stream. */
const records = new Map<TabId, PresenceRecord>()
const watchers = new Set<() => void>()

function presenceOf(tab: TabId, device: DeviceId): Presence {
  const put = (change: Partial<PresenceRecord>) => {
    const before = records.get(tab) ?? { tab, device, wire: WIRE, sequence: 0, leader: false, call: null, sees: [], gone: false }
    records.set(tab, { ...before, ...change, sequence: before.sequence + 1 })
    for (const watcher of [...watchers]) watcher()
  }
  put({})
  return {
    self: { tab, device },
    all: () => records,
    setCall: (call) => put({ call }),
    setLeader: (leader) => put({ leader }),
    setComposes: (composes) => put({ composes }),
    subscribe: (listener) => {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
  }
}

async function verifySignature(device: DeviceId, claim: Bytes, signature: Bytes): Promise<boolean> {
  const raw = Uint8Array.from(atob(device.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
  const key = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', key, signature, claim)
}

async function openTwo(): Promise<readonly [LinkedTab, LinkedTab]> {
  const [a, b] = await Promise.all([openTab('a'), openTab('b')])
  a.manager.admit(b.tab, b.device)
  b.manager.admit(a.tab, a.device)
  return [a, b]
}

/** Resolves as soon as `claim` holds; throws after `withinMs`. */
async function until(claim: () => boolean, withinMs = 10_000): Promise<number> {
  const startMs = performance.now()
  while (!claim()) {
    if (performance.now() - startMs > withinMs) throw new Error(`not within ${withinMs} ms: ${claim}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return performance.now() - startMs
}

const link = (from: LinkedTab, to: LinkedTab) => from.manager.links.get(to.tab)

function bothConnected(a: LinkedTab, b: LinkedTab): Promise<number> {
  return until(() => link(a, b)?.state === 'connected' && link(b, a)?.state === 'connected')
}

/** Resolves once pictures come and time moves on. */
async function playCamera(from: Link | undefined): Promise<void> {
  const video = document.createElement('video')
  video.muted = true
  const camera = from?.incoming.get('camera')
  video.srcObject = new MediaStream(camera === undefined ? [] : [camera])
  document.body.append(video)
  void video.play()
  await until(() => video.videoWidth > 0 && video.currentTime > 0.2)
}

/** How many bytes arrived. */
async function sendBytes(from: LinkedTab, to: LinkedTab, bytes: number): Promise<number> {
  let arrived = 0
  const stop = link(to, from)?.onData((frame) => {
    arrived += frame.byteLength
  })
  for (let left = bytes; left > 0; left -= 50_000) await link(from, to)?.sendData(new Uint8Array(Math.min(left, 50_000)))
  await until(() => arrived >= bytes)
  stop?.()
  return arrived
}

function ufrags(...tabs: LinkedTab[]): readonly (string | undefined)[] {
  return tabs.map(({ connections }) => /ice-ufrag:(\S+)/.exec(connections[0]?.localDescription?.sdp ?? '')?.[1])
}

/** The browser says what it would say after a cut; nothing here can cut loopback. */
function pretendCut({ connections }: LinkedTab): void {
  const connection = connections[0] as RTCPeerConnection
  Object.defineProperty(connection, 'connectionState', { value: 'disconnected', configurable: true })
  connection.dispatchEvent(new Event('connectionstatechange'))
}

function endPretence({ connections }: LinkedTab): void {
  const connection = connections[0] as RTCPeerConnection
  Reflect.deleteProperty(connection, 'connectionState')
  connection.dispatchEvent(new Event('connectionstatechange'))
}

const parts = {
  hub,
  records,
  meetings,
  decode,
  encodeFrame,
  openTab,
  openTwo,
  until,
  link,
  bothConnected,
  playCamera,
  sendBytes,
  ufrags,
  pretendCut,
  endPretence,
}
export type LinkHarness = typeof parts
Object.assign(globalThis, { parts })
