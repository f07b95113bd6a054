/**
 * Chat of the room is part of its state: it is there for those who come later and while the relay is away. What is written in a side
 * room, or while whispering, goes to those who hear it there, and stands among the rest on their screens alone.
 */
import { cleanMessage } from '../../core/session/chat-text.ts'
import { asideOf, readersOf } from '../../core/session/who-reads.ts'
import type { Chat, ChatAudience, ChatMessage, ChatPlace } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Links } from '../../ports/link.ts'
import type { RoomState } from '../../ports/room-state.ts'
import type { Aside } from '../../protocol/aside.ts'
import { type Bytes, toBase64Url } from '../../protocol/bytes.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { Asides } from './asides.ts'
import type { RoomSession } from './open-session.ts'

type ChatParts = {
  readonly state: RoomState
  readonly session: Pick<RoomSession, 'state' | 'standing' | 'subscribe'>
  readonly links: Links
  readonly device: DeviceId
  readonly clock: Clock
  readonly nameOf: (device: DeviceId) => string
  readonly random: (bytes: number) => Bytes
  readonly signal: AbortSignal
}

/** `after`: the message of the room that it came after, whatever clocks say. */
type Written = { readonly aside: Aside; readonly name: string; readonly after: string | undefined }

export function createChat(parts: ChatParts): Chat {
  const { state, session, links, device, clock, nameOf, random, signal } = parts
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of [...listeners]) listener()
  }
  const standing = () => session.standing(links)
  const nameOfAside = (aside: Aside) =>
    aside.kind === 'whisper' ? nameOf(aside.to) : (session.state.subRooms.find(({ id }) => id === aside.id)?.name ?? aside.id)
  const asides = new Asides<Written>({
    links,
    standing,
    placeOf: (aside) => ({ aside, name: nameOfAside(aside), after: state.chat.messages().at(-1)?.id }),
    clock,
    random,
    signal,
    onChange: changed,
  })

  const audience = (): ChatAudience => {
    const now = standing()
    const aside = now && asideOf(now)
    if (now === undefined || aside === undefined) return { kind: 'room', names: [] }
    const isMine = (one: DeviceId) => one === device || now.control.companions.get(one) === device
    const others = [...new Set(readersOf(now, aside).map((reader) => now.control.seconds.get(reader.device) ?? reader.device))]
    return { ...placeOf(aside, nameOfAside(aside)), names: others.filter((one) => !isMine(one)).map(nameOf) }
  }
  const ofRoom = (): readonly ChatMessage[] =>
    state.chat.messages().map(({ id, from, text, atMs }) => {
      return { id, from, name: nameOf(from), isMe: from === device, text, atMs, place: { kind: 'room' }, lacking: [] }
    })
  const ofSome = (): readonly Placed[] =>
    asides.kept.map(({ place: { aside, name, after }, lacking, ...said }) => {
      const place = placeOf(aside, name)
      return { after, message: { ...said, name: nameOf(said.from), isMe: said.from === device, place, lacking: lacking.map(nameOf) } }
    })

  let told = JSON.stringify(audience())
  /** The session speaks of everybody in the call, whoever talks. */
  const follow = () => {
    const next = JSON.stringify(audience())
    if (next === told) return
    told = next
    changed()
  }
  const stops = [session.subscribe(follow), links.subscribe(follow), state.chat.subscribe(changed), state.profiles.subscribe(changed)]
  signal.addEventListener('abort', () => {
    for (const stop of stops) stop()
  })
  return {
    get messages() {
      return amongOthers(ofRoom(), ofSome())
    },
    get audience() {
      return audience()
    },
    send(text, to) {
      if (to === undefined && asides.send(text)) return
      const clean = cleanMessage(text)
      if (clean !== '') state.chat.push({ id: toBase64Url(random(12)), from: device, text: clean, atMs: clock.nowMs() })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

type Placed = { readonly after: string | undefined; readonly message: ChatMessage }

function placeOf(aside: Aside, name: string): ChatPlace {
  return aside.kind === 'whisper' ? { kind: 'whisper', to: aside.to, name } : { kind: 'sub-room', id: aside.id, name }
}

/** In the order in which they came here; what came after one that the room has let go of comes first. */
function amongOthers(room: readonly ChatMessage[], some: readonly Placed[]): readonly ChatMessage[] {
  if (some.length === 0) return room
  const byId = new Map(room.map((message) => [message.id, message]))
  const byLast = Map.groupBy(some, ({ after }) => (after === undefined ? undefined : byId.get(after)))
  const following = (message: ChatMessage | undefined) => (byLast.get(message) ?? []).map((one) => one.message)
  return [...following(undefined), ...room.flatMap((message) => [message, ...following(message)])]
}
