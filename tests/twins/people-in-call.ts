/**
 * People in one call, each with a device, a session and a chat of their own. Their document and presence are one, their acts go to
 * all unless somebody is kept from hearing them, and what passes their links arrives at once where it is not held up.
 */
import type { Chat } from '../../src/ports/asterism.ts'
import type { Link, Links } from '../../src/ports/link.ts'
import type { Presence } from '../../src/ports/room-state.ts'
import type { DeviceId, RoomId, TabId } from '../../src/protocol/ids.ts'
import type { Role } from '../../src/protocol/membership.ts'
import { verifySignature } from '../../src/tab/room/ed25519.ts'
import { createChat } from '../../src/tab/session/chat.ts'
import { openSession, type RoomSession } from '../../src/tab/session/open-session.ts'
import { memoryValues, newDevice } from './device.ts'
import { ManualClock } from './manual-clock.ts'
import { TwinRoomState, twinPresence } from './room.ts'

const CALL = { microphone: true, camera: false, screen: false, speaking: false, seals: true, steady: true, sinceMs: 0, conducts: 0 }

export type Person = {
  readonly name: string
  readonly tab: TabId
  readonly device: DeviceId
  readonly session: RoomSession
  readonly chat: Chat
  readonly presence: Presence
  /** What others decide does not come to this one while it is set. */
  hearsNoActs: boolean
}

export type Sent = { readonly from: string; readonly to: string; readonly frame: Uint8Array }

export type Meeting = {
  readonly room: TwinRoomState
  readonly clock: ManualClock
  /** Everything that passed a link, and everybody that was cut. */
  readonly sent: Sent[]
  readonly cut: string[]
  /** Comes into the call; the first to come owns the room. */
  come(name: string): Promise<Person>
  /** Puts bytes on the line from one to another. */
  send(from: Person, to: Person, frame: Uint8Array): void
  /** Nothing passes between these two any more, or again. */
  setLine(one: Person, other: Person, isOpen: boolean): void
}

export async function meetInCall(): Promise<Meeting> {
  const room = new TwinRoomState()
  const clock = new ManualClock()
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const members = new Map<DeviceId, { readonly role: Role }>()
  const people: Person[] = []
  const ears = new Map<string, Set<(frame: ArrayBuffer) => void>>()
  const closed = new Set<string>()
  const newcomers = new Set<() => void>()
  const sent: Sent[] = []
  const cut: string[] = []
  const wayOf = (from: string, to: string) => `${from} to ${to}`

  const deliver = (from: string, to: string, frame: Uint8Array): boolean => {
    if (closed.has(wayOf(from, to))) return false
    sent.push({ from, to, frame })
    for (const hear of ears.get(wayOf(from, to)) ?? []) hear(new Uint8Array(frame).buffer)
    return true
  }
  const linkOf = (self: string, peer: Person): Link => {
    const media: Pick<Link['media'], 'send' | 'onMessage'> = {
      send: (frame) => deliver(self, peer.name, frame),
      onMessage(listener) {
        const way = wayOf(peer.name, self)
        const listeners = ears.get(way) ?? new Set()
        ears.set(way, listeners.add(listener))
        return () => listeners.delete(listener)
      },
    }
    const link: Pick<Link, 'peer' | 'device' | 'cut'> & { media: typeof media } = {
      peer: peer.tab,
      device: peer.device,
      media,
      cut: () => cut.push(peer.name),
    }
    return link as Link
  }

  const come = async (name: string): Promise<Person> => {
    const deviceKey = await newDevice()
    const { signal } = new AbortController()
    const [tab, device] = [`tab of ${name}` as TabId, deviceKey.id]
    members.set(device, { role: members.size === 0 ? 'owner' : 'member' })
    const linked = new Map<TabId, Link>()
    const links: Links = {
      all: () => [...linked.values()],
      get: (peer) => linked.get(peer),
      subscribe(listener) {
        newcomers.add(listener)
        return () => newcomers.delete(listener)
      },
    }
    const presence = twinPresence(room, { tab, device }, signal)
    const nameOf = (id: DeviceId) => people.find((one) => one.device === id)?.name ?? 'Somebody'
    const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes))
    const [values, watch] = [memoryValues(), []]
    const parts = {
      room: 'room' as RoomId,
      device: deviceKey,
      key,
      values,
      verify: verifySignature,
      presence,
      nameOf,
      random,
      watch,
      clock,
    }
    const session = await openSession({ ...parts, members: () => new Map(members), signal })
    const chat = createChat({ state: room, session, links, device, clock, nameOf, random, signal })
    const person: Person = { name, tab, device, session, chat, presence, hearsNoActs: false }
    for (const other of people) for (const frame of other.session.log.frames()) await session.log.take(frame, other.tab)
    session.log.onTold((frame) => {
      for (const other of people) if (other !== person && !other.hearsNoActs) void other.session.log.take(frame, tab)
    })
    for (const other of people) {
      linked.set(other.tab, linkOf(name, other))
      lines.get(other)?.set(tab, linkOf(other.name, person))
    }
    lines.set(person, linked)
    people.push(person)
    presence.setCall(CALL)
    for (const listener of [...newcomers]) listener()
    return person
  }
  const lines = new Map<Person, Map<TabId, Link>>()

  return {
    room,
    clock,
    sent,
    cut,
    come,
    send: (from, to, frame) => void deliver(from.name, to.name, frame),
    setLine(one, other, isOpen) {
      for (const way of [wayOf(one.name, other.name), wayOf(other.name, one.name)])
        if (isOpen) closed.delete(way)
        else closed.add(way)
    },
  }
}
