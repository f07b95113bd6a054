/**
 * The connections of a room: relay, tabs, their state streams and links, under one lifetime. Whom to reach is decided in
 * core/room/reach; presence tells it what others see.
 */
import type { Doc } from 'yjs'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceKey } from '../../ports/keys.ts'
import type { Links } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { openLinks } from '../link/open-links.ts'
import { watchLinks } from '../link/watch-links.ts'
import type { Mesh } from '../mesh/open-mesh.ts'
import type { ActLog } from '../session/act-log.ts'
import { verifySignature } from './ed25519.ts'
import { followPresence } from './hearsay.ts'
import type { MembershipLog } from './membership-log.ts'
import type { PresenceTable } from './presence.ts'
import { driveReach } from './reach-driver.ts'
import { reachableMesh } from './reachable-mesh.ts'
import type { RoomKeys } from './room-keys.ts'
import { runHello } from './run-hello.ts'
import { startStateSync } from './state-sync.ts'

/** Epoch of the room keys; later ones come with the removal of members. */
const EPOCH = 0

export type RoomConnections = {
  readonly links: Links
  relay(): 'connecting' | 'connected' | 'unreachable'
  /** This tab's network, comparable within the room; undefined until a relay told it. */
  segment(): Bytes | undefined
  /** Tabs whose hello stands. */
  connected(): ReadonlyMap<TabId, DeviceId>
  /** Tabs whose link stood at some time and which have not gone since. */
  readonly wasConnected: ReadonlySet<TabId>
  /** The network may be back: what waits is tried now. */
  wake(): void
  /** Resolves when what was said so far is on the wire. */
  drained(): Promise<void>
}

export function connectRoom(options: {
  readonly mesh: Mesh
  readonly origin: string
  readonly iceServers: RTCIceServer[]
  readonly keys: RoomKeys
  readonly device: DeviceKey
  readonly log: MembershipLog
  readonly acts: ActLog
  readonly doc: Doc
  readonly apply: (update: Bytes, from: TabId) => void
  readonly presence: PresenceTable
  readonly clock: Clock
  readonly random: (bytes: number) => Bytes
  readonly signal: AbortSignal
  readonly notify: (code: RoomErrorCode, detail: string) => void
  /** What was told is so no more. */
  readonly withdraw: (code: RoomErrorCode) => void
  readonly changed: () => void
}): RoomConnections {
  const { mesh, origin, iceServers, keys, device, log, acts, doc, apply, presence, clock, random, signal, notify, changed } = options
  const wasConnected = new Set<TabId>()

  const reachable = reachableMesh({
    mesh,
    origin,
    keys,
    iceServers,
    clock,
    signal,
    listed: (tab, isNew) => reach.feed({ kind: 'peer-listed', tab, isNew }),
    unlisted: (tab) => reach.feed({ kind: 'peer-unlisted', tab }),
  })
  const links = openLinks({ wire: mesh, device, verify: verifySignature, epoch: EPOCH, clock, random, iceServers, signal, notify })
  const sync = startStateSync({
    wire: mesh,
    room: keys.roomId,
    key: keys.content,
    epoch: EPOCH,
    doc,
    apply,
    presence,
    log,
    acts,
    clock,
    signal,
    notify,
    onGoodbye: (tab) => reach.feed({ kind: 'goodbye', tab }),
  })
  const reach = driveReach({
    mesh: reachable,
    clock,
    signal,
    random: Math.random,
    isRelay: (peer) => reachable.isRelay(peer),
    hello: (stream) => runHello(stream, { self: mesh.self, device, keys, log, clock }),
    onConnected(tab, theirDevice) {
      sync.admit(tab, theirDevice)
      links.admit(tab, theirDevice)
      connectedChanged()
    },
    onDisconnected(tab) {
      sync.release(tab)
      connectedChanged()
    },
    onSilent(tab) {
      forget(tab)
      presence.drop(tab)
    },
    onUnreached: () => notify('tab-unreached', ''),
    onAllReached: () => options.withdraw('tab-unreached'),
    onRefused({ reason, by }) {
      if (reason !== 'closed' && reason !== 'timeout') notify(reason, `hello, decided by ${by}`)
    },
    changed,
  })
  const hearsay = followPresence({ presence, clock, connected: () => reach.connected(), feed: (event) => reach.feed(event), gone: forget })
  const stopLinks = watchLinks(links.links, () => {
    for (const { peer, state } of links.links.all()) if (state === 'connected') wasConnected.add(peer)
    changed()
  })
  signal.addEventListener('abort', () => {
    hearsay.stop()
    stopLinks()
  })

  function connectedChanged(): void {
    hearsay.connectedChanged()
    changed()
  }
  function forget(tab: TabId): void {
    links.release(tab)
    wasConnected.delete(tab)
  }

  return {
    links: links.links,
    relay: () => reach.relay(),
    segment: () => reachable.segment(),
    connected: () => reach.connected(),
    wasConnected,
    wake: () => reach.feed({ kind: 'woken' }),
    drained: () => sync.drained(),
  }
}
