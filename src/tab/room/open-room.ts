/**
 * A room in this tab: puts the parts together and gives them one lifetime. Aborting the room's signal closes its
 * streams, links, devices and timers.
 */
import { cleanMemberName } from '../../core/room/member-name.ts'
import type { EnterOptions, Room } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceStore } from '../../ports/file-gateway.ts'
import type { DeviceKey } from '../../ports/keys.ts'
import { RoomError, type RoomErrorCode } from '../../protocol/errors.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { openCall } from '../call/open-call.ts'
import { openLinks } from '../link/open-links.ts'
import { watchLinks } from '../link/watch-links.ts'
import { openMesh } from '../mesh/open-mesh.ts'
import { openFiles } from '../storage/open-files.ts'
import { createChat } from './chat.ts'
import { defaultName } from './default-name.ts'
import { verifySignature } from './ed25519.ts'
import { followPresence } from './hearsay.ts'
import { listMembers } from './member-list.ts'
import { openMembershipLog } from './membership-log.ts'
import { noticeBoard } from './notices.ts'
import { keepDocument } from './persist-document.ts'
import { createPresence } from './presence.ts'
import { driveReach } from './reach-driver.ts'
import { reachableMesh } from './reachable-mesh.ts'
import { createRoomDocument } from './room-document.ts'
import type { RoomKeys } from './room-keys.ts'
import { runHello } from './run-hello.ts'
import { startStateSync } from './state-sync.ts'

export type RoomParts = {
  readonly link: string
  readonly origin: string
  readonly keys: RoomKeys
  readonly device: DeviceKey
  readonly store: DeviceStore
  readonly clock: Clock
  readonly iceServers: readonly RTCIceServer[]
}

export async function openRoom(parts: RoomParts, options: EnterOptions): Promise<Room> {
  const { keys, device, store, clock } = parts
  const { blocks, values, gateway } = store
  const closing = new AbortController()
  const { signal } = closing
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of listeners) listener()
  }
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

  const notices = noticeBoard(changed)
  const notify = (code: RoomErrorCode, detail: string) => {
    if (detail !== '') console.info(`asterism: ${code}: ${detail}`)
    notices.post(code, clock.nowMs())
  }

  const document = createRoomDocument()
  const keeper = keepDocument({
    doc: document.doc,
    room: keys.roomId,
    key: keys.content,
    values,
    clock,
    signal,
    failed: () => notify('quota-exceeded', 'room state'),
  })
  const [mesh, log] = await Promise.all([
    openMesh(parts.iceServers),
    openMembershipLog({ keys, device, values }),

    keeper.load(),
  ])
  await log.joinSelf(clock.nowMs())

  const presence = createPresence({ tab: mesh.self, device: device.id }, clock.nowMs())
  const nameOf = (id: DeviceId) => cleanMemberName(document.profiles.get(id)?.name ?? '') || defaultName(id)
  const wasConnected = new Set<TabId>()

  const reachable = reachableMesh({
    mesh,
    origin: parts.origin,
    keys,
    clock,
    signal,
    listed: (tab) => reach.feed({ kind: 'peer-listed', tab }),
    unlisted: (tab) => reach.feed({ kind: 'peer-unlisted', tab }),
  })
  const links = openLinks({
    wire: mesh,
    device,
    verify: verifySignature,
    epoch: 0,
    clock,
    random,
    iceServers: parts.iceServers,
    signal,
    notify,
  })
  const sync = startStateSync({
    wire: mesh,
    room: keys.roomId,
    key: keys.content,
    doc: document.doc,
    presence,
    log,
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
    onSilent: (tab) => {
      forget(tab)
      presence.drop(tab)
    },
    onRefused: ({ reason, by }) => {
      if (reason !== 'closed' && reason !== 'timeout') notify(reason, `hello, decided by ${by}`)
    },
    changed,
  })

  const files = openFiles({
    room: keys.roomId,
    device: device.id,
    state: document,
    presence,
    links: links.links,
    blocks,
    values,
    gateway,
    clock,
    nameOf,
    random,
    signal,
    notify,
  })
  const call = openCall({ links: links.links, presence, devices: navigator.mediaDevices, clock, signal, notify })
  const chat = createChat({ state: document, device: device.id, clock, nameOf, random })
  const hearsay = followPresence({ presence, clock, connected: () => reach.connected(), feed: (event) => reach.feed(event), gone: forget })

  const connectedChanged = () => {
    presence.setSees([...reach.connected().keys()])
    hearsay.check()
    changed()
  }
  function forget(tab: TabId): void {
    links.release(tab)
    wasConnected.delete(tab)
  }

  const list = () =>
    listMembers({
      self: presence.self,
      presence: presence.all(),
      membership: log.state(),
      connected: reach.connected(),
      wasConnected,
      link: (tab) => links.links.get(tab),
      nameOf,
    })
  let members = list()
  /** Calls back at once, before the room is put together; nobody listens yet. */
  function linksChanged(): void {
    for (const { peer, state } of links.links.all()) if (state === 'connected') wasConnected.add(peer)
    changed()
  }
  const stops = [
    presence.subscribe(changed),
    log.subscribe(changed),
    document.profiles.subscribe(changed),
    watchLinks(links.links, linksChanged),
    hearsay.stop,
  ]
  listeners.add(() => {
    members = list()
  })
  const wake = () => reach.feed({ kind: 'woken' })
  addEventListener('online', wake, { signal })
  globalThis.document.addEventListener('visibilitychange', wake, { signal })
  // A hidden tab may be frozen or closed without another word.
  globalThis.document.addEventListener('visibilitychange', () => void keeper.flush(), { signal })
  signal.addEventListener('abort', () => {
    for (const stop of stops) stop()
    void mesh.close()
  })

  const dismantle = () => {
    if (signal.aborted) return
    closing.abort(new RoomError('left'))
    changed()
  }
  addEventListener('pagehide', dismantle, { signal })

  const room: Room = {
    id: keys.roomId,
    link: parts.link,
    words: keys.words,
    hue: keys.hue,
    files,
    call,
    chat,
    get status() {
      return { relay: reach.relay(), readers: log.state().members.size, storage: store.status, left: signal.aborted }
    },
    get members() {
      return members
    },
    get me() {
      return members[0] as Room['me']
    },
    get notices() {
      return notices.all()
    },
    setName(name) {
      document.profiles.setMany(new Map([[device.id, { name: cleanMemberName(name) }]]))
    },
    setRole: (subject, role) => log.setRole(subject, role, clock.nowMs()),
    dismiss: (id) => notices.dismiss(id),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async leave() {
      if (signal.aborted) return
      await call.leave()
      presence.setGone()
      await Promise.race([
        Promise.all([sync.drained(), keeper.flush()]),
        new Promise((resolve) => clock.after(LEAVE_MS, () => resolve(undefined))),
      ])
      dismantle()
    },
  }
  if (options.name !== undefined && cleanMemberName(options.name) !== '') room.setName(options.name)
  options.signal?.addEventListener('abort', () => void room.leave(), { signal })
  return room
}

/** Others are told within this time, or learn it from the connection. */
const LEAVE_MS = 1_000
