/**
 * Two tabs in one page, on the wire in memory: real links over real RTCPeerConnections, without libp2p and the room. The
 * spec drives them through `pairs`.
 */
import { type Bytes, toBase64Url } from '../../../src/protocol/bytes.ts'
import { type DeviceId, parseTabId, type TabId } from '../../../src/protocol/ids.ts'
import { browserClock } from '../../../src/tab/browser-clock.ts'
import { type LinkManager, openLinks } from '../../../src/tab/link/open-links.ts'
import { WireHub } from '../../twins/wire.ts'

export type LinkedTab = {
  readonly tab: TabId
  readonly device: DeviceId
  readonly manager: LinkManager
  readonly connections: RTCPeerConnection[]
  readonly notices: string[]
  readonly close: () => void
}

const hub = new WireHub()

async function openTab(letter: string): Promise<LinkedTab> {
  const tab = parseTabId(letter.repeat(52)) as TabId
  const keys = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const device = toBase64Url(new Uint8Array(await crypto.subtle.exportKey('raw', keys.publicKey))) as DeviceId
  const connections: RTCPeerConnection[] = []
  const notices: string[] = []
  const closing = new AbortController()
  const manager = openLinks({
    wire: hub.wire(tab),
    device: { id: device, sign: async (claim) => new Uint8Array(await crypto.subtle.sign('Ed25519', keys.privateKey, claim)) },
    verify: verifySignature,
    epoch: 0,
    clock: browserClock,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    iceServers: [],
    signal: closing.signal,
    notify: (code, detail) => notices.push(`${code}: ${detail}`),
    makePeerConnection: (configuration) => {
      const connection = new RTCPeerConnection(configuration)
      connections.push(connection)
      return connection
    },
  })
  return { tab, device, manager, connections, notices, close: () => closing.abort() }
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

const parts = { hub, openTab, openTwo, until }
export type LinkHarness = typeof parts
Object.assign(globalThis, { parts })
