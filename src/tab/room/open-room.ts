/**
 * A room in this tab: puts the parts together and gives them one lifetime. Aborting the room's signal closes its
 * streams, links, devices and timers; a room that does not come about is aborted too.
 */
import { isAnyInCall } from '../../core/call/participants.ts'
import { cleanMemberName } from '../../core/room/member-name.ts'
import type { EnterOptions, Room } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceStore } from '../../ports/file-gateway.ts'
import type { DeviceKey } from '../../ports/keys.ts'
import { RoomError, type RoomErrorCode } from '../../protocol/errors.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import type { HomeMark } from '../../protocol/room-link.ts'
import { deviceMemory } from '../call/device-memory.ts'
import { openCall } from '../call/open-call.ts'
import { openMesh } from '../mesh/open-mesh.ts'
import { openFiles } from '../storage/open-files.ts'
import { connectRoom } from './connect-room.ts'
import { defaultName } from './default-name.ts'
import { verifySignature } from './ed25519.ts'
import { invitationOf } from './invitation.ts'
import { listMembers } from './member-list.ts'
import { openMembershipLog } from './membership-log.ts'
import { noticeBoard } from './notices.ts'
import { keepDocument } from './persist-document.ts'
import { createPresence } from './presence.ts'
import { createRoomDocument } from './room-document.ts'
import type { RoomKeys } from './room-keys.ts'

export type RoomParts = {
  readonly link: string
  /** Whom the link that was followed names. */
  readonly homes: readonly HomeMark[]
  readonly origin: string
  readonly keys: RoomKeys
  readonly device: DeviceKey
  readonly store: DeviceStore
  readonly clock: Clock
  /** Filled and renewed by the relay's word. */
  readonly iceServers: RTCIceServer[]
}

export async function openRoom(parts: RoomParts, options: EnterOptions): Promise<Room> {
  const closing = new AbortController()
  try {
    return await putTogether(parts, options, closing)
  } catch (cause) {
    closing.abort(cause)
    throw cause
  }
}

async function putTogether(parts: RoomParts, options: EnterOptions, closing: AbortController): Promise<Room> {
  const { keys, device, store, clock, origin, iceServers } = parts
  const { blocks, values, gateway } = store
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
  const opening = openMesh(iceServers)
  signal.addEventListener('abort', () => void opening.then((mesh) => mesh.close()).catch(() => {}))
  const [mesh, log, { openSession }, { createChat }] = await Promise.all([
    opening,
    openMembershipLog({ keys, device, values }),
    import('../session/open-session.ts'),
    import('../session/chat.ts'),
    keeper.load(),
  ])
  await log.joinSelf(clock.nowMs())

  const presence = createPresence({ tab: mesh.self, device: device.id }, clock.nowMs())
  const nameOf = (id: DeviceId) => cleanMemberName(document.profiles.get(id)?.name ?? '') || defaultName(id)
  const session = await openSession({
    room: keys.roomId,
    key: keys.content,
    device,
    values,
    verify: verifySignature,
    members: () => log.state().members,
    presence,
    nameOf,
    watch: [log.subscribe, document.profiles.subscribe],
    clock,
    random,
    signal,
  })
  const connections = connectRoom({
    mesh,
    origin,
    iceServers,
    keys,
    device,
    log,
    acts: session.log,
    doc: document.doc,
    apply: keeper.apply,
    presence,
    clock,
    random,
    signal,
    notify,
    withdraw: notices.withdraw,
    changed,
  })
  const { links } = connections
  const files = openFiles({
    room: keys.roomId,
    device: device.id,
    state: document,
    presence,
    links,
    blocks,
    values,
    gateway,
    keys: keys.files,
    deviceKey: device,
    verify: verifySignature,
    segment: connections.segment,
    isCallRunning: (peer) => isAnyInCall([mesh.self, peer], presence.all()),
    clock,
    nameOf,
    random,
    saved: () => keeper.flush(),
    signal,
    notify,
  })
  const call = openCall({
    links,
    presence,
    session,
    devices: navigator.mediaDevices,
    clock,
    signal,
    notify,
    openMeeting: async (onChange) => {
      const { openMeeting } = await import('../meeting/open-meeting.ts')
      const { segment } = connections
      return openMeeting({ links, presence, clock, random, signal, onChange, values, segment, origin, iceServers, homes: parts.homes })
    },
    openTools: async (call) => {
      const { openTools } = await import('../tools/open-tools.ts')
      return openTools({
        call,
        session,
        links,
        presence,
        files,
        values,
        storage: store.status,
        nameOf,
        origin,
        iceServers,
        clock,
        random,
        signal,
        notify,
      })
    },
    openEffects: async (onChange) => (await import('../effects/open-effects.ts')).openEffects({ clock, signal, notify, onChange }),
    remember: deviceMemory(() => localStorage),
  })
  const chat = createChat({ state: document, session, links, device: device.id, clock, nameOf, random, signal })

  const list = () =>
    listMembers({
      self: presence.self,
      presence: presence.all(),
      membership: log.state(),
      connected: connections.connected(),
      wasConnected: connections.wasConnected,
      link: (tab) => links.get(tab),
      nameOf,
    })
  /** Named and sorted when somebody looks: a room that fills changes more often than anybody can. */
  let listed: ReturnType<typeof list> | undefined
  const members = () => {
    listed ??= list()
    return listed
  }
  const stops = [presence.subscribe(changed), log.subscribe(changed), document.profiles.subscribe(changed)]
  listeners.add(() => {
    listed = undefined
  })
  const wake = () => connections.wake()
  addEventListener('online', wake, { signal })
  globalThis.document.addEventListener('visibilitychange', wake, { signal })
  // A hidden tab may be frozen or closed without another word.
  globalThis.document.addEventListener('visibilitychange', () => void keeper.flush(), { signal })
  signal.addEventListener('abort', () => {
    for (const stop of stops) stop()
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
    get invitation() {
      return invitationOf(parts.link, device.id, links.all())
    },
    words: keys.words,
    hue: keys.hue,
    files,
    call,
    chat,
    get status() {
      return { relay: connections.relay(), readers: log.state().members.size, storage: store.status, left: signal.aborted }
    },
    get members() {
      return members()
    },
    get me() {
      return members()[0] as Room['me']
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
        Promise.all([connections.drained(), keeper.flush()]),
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
