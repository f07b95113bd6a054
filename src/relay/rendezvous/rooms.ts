/**
 * Who is in which room, as a step function. A stream passes greeted, checking, seated; its record lives exactly as long
 * as it does. Everything a stranger could learn is decided by the key and the signature alone, before the rooms are
 * looked at, so a refusal says nothing about who is there.
 */
import type { Bytes } from '../../protocol/bytes.ts'
import type { Refused } from '../../protocol/frame.ts'
import type { RoomId, TabId } from '../../protocol/ids.ts'
import { UNKNOWN_FRAMES } from '../../protocol/limits.ts'
import { PEERS_FRAME_BYTES, PEERS_FRAME_RECORDS, RENDEZVOUS_STRIKES } from '../../protocol/relay-limits.ts'
import {
  type RENDEZVOUS_REFUSALS,
  type RendezvousRecord,
  type RendezvousReply,
  type RendezvousRequest,
  rendezvousClaim,
} from '../../protocol/rendezvous.ts'
import { WIRE } from '../../protocol/wire-version.ts'

/** Names a stream within one run of the relay; never used twice. */
export type StreamId = number

export type RefusalReason = (typeof RENDEZVOUS_REFUSALS)[number]

type Stage = { readonly tab: TabId; readonly unknownFrames: number } & (
  | { readonly kind: 'greeted'; readonly nonce: Bytes }
  | { readonly kind: 'checking'; readonly request: RendezvousRequest }
  | { readonly kind: 'seated'; readonly room: RoomId }
)

type Seat = { readonly stream: StreamId; readonly record: RendezvousRecord }
type Room = ReadonlyMap<TabId, Seat>

export type Rooms = {
  readonly streams: ReadonlyMap<StreamId, Stage>
  readonly rooms: ReadonlyMap<RoomId, Room>
  /** Refused joins of tabs that are still connected. */
  readonly strikes: ReadonlyMap<TabId, number>
}

export type Bounds = { readonly rooms: number; readonly tabsPerRoom: number }

export type RoomsEvent =
  | { readonly kind: 'opened'; readonly stream: StreamId; readonly tab: TabId; readonly nonce: Bytes; readonly segment: Bytes }
  | { readonly kind: 'join-received'; readonly stream: StreamId; readonly request: RendezvousRequest }
  | { readonly kind: 'checked'; readonly stream: StreamId; readonly roomOfKey: RoomId; readonly isSigned: boolean }
  | { readonly kind: 'frame-refused'; readonly stream: StreamId; readonly reason: Refused }
  | { readonly kind: 'join-overdue'; readonly stream: StreamId }
  | { readonly kind: 'closed'; readonly stream: StreamId }
  | { readonly kind: 'tab-gone'; readonly tab: TabId }

export type RoomsEffect =
  | { readonly kind: 'send'; readonly stream: StreamId; readonly reply: RendezvousReply }
  /** Hash the key and check the signature; answer with `checked`. */
  | { readonly kind: 'check'; readonly stream: StreamId; readonly key: Bytes; readonly claim: Bytes; readonly signature: Bytes }
  /** Close after what was sent. */
  | { readonly kind: 'close'; readonly stream: StreamId }
  /** Close the tab's whole connection. */
  | { readonly kind: 'disconnect'; readonly tab: TabId }

export type Step = { readonly next: Rooms; readonly effects: readonly RoomsEffect[] }

export const NO_ROOMS: Rooms = { streams: new Map(), rooms: new Map(), strikes: new Map() }

export function stepRooms(state: Rooms, event: RoomsEvent, bounds: Bounds): Step {
  switch (event.kind) {
    case 'opened': {
      const { stream, tab, nonce, segment } = event
      const next = withStage(state, stream, { kind: 'greeted', tab, nonce, unknownFrames: 0 })
      return { next, effects: [{ kind: 'send', stream, reply: { t: 'greet', nonce, wire: WIRE, segment } }] }
    }
    case 'join-received': {
      const { stream, request } = event
      const stage = state.streams.get(stream)
      if (stage === undefined) return { next: state, effects: [] }
      if (stage.kind !== 'greeted') return refuse(state, stream, 'malformed') // one nonce, one join
      const { tab, nonce, unknownFrames } = stage
      const claim = rendezvousClaim({ nonce, room: request.room, tab, sealed: request.sealed })
      const check: RoomsEffect = { kind: 'check', stream, key: request.key, claim, signature: request.signature }
      return { next: withStage(state, stream, { kind: 'checking', tab, unknownFrames, request }), effects: [check] }
    }
    case 'checked': {
      const stage = state.streams.get(event.stream)
      if (stage?.kind !== 'checking') return { next: state, effects: [] }
      if (event.roomOfKey !== stage.request.room) return refuse(state, event.stream, 'wrong-room-key')
      if (!event.isSigned) return refuse(state, event.stream, 'bad-signature')
      return seat(state, event.stream, stage, bounds)
    }
    case 'frame-refused': {
      const stage = state.streams.get(event.stream)
      if (stage === undefined) return { next: state, effects: [] }
      const isForgiven = event.reason === 'frame-unknown' && stage.unknownFrames < UNKNOWN_FRAMES
      if (!isForgiven) return refuse(state, event.stream, 'malformed')
      return { next: withStage(state, event.stream, { ...stage, unknownFrames: stage.unknownFrames + 1 }), effects: [] }
    }
    case 'join-overdue':
      return state.streams.get(event.stream)?.kind === 'greeted' ? refuse(state, event.stream, 'malformed') : { next: state, effects: [] }
    case 'closed':
      return leave(state, event.stream)
    case 'tab-gone': {
      const strikes = new Map(state.strikes)
      strikes.delete(event.tab)
      return { next: { ...state, strikes }, effects: [] }
    }
    default:
      return event satisfies never
  }
}

/** The same tab may come again before its old stream is known to be dead: the newer stream takes the seat. */
function seat(state: Rooms, stream: StreamId, stage: Stage & { kind: 'checking' }, bounds: Bounds): Step {
  const { tab, request, unknownFrames } = stage
  const room = state.rooms.get(request.room)
  const old = room?.get(tab)
  if (room === undefined && state.rooms.size >= bounds.rooms) return refuse(state, stream, 'too-many-rooms')
  if (room !== undefined && old === undefined && room.size >= bounds.tabsPerRoom) return refuse(state, stream, 'room-full')

  const record: RendezvousRecord = { tab, sealed: request.sealed }
  const others = [...(room ?? [])].filter(([other]) => other !== tab).map(([, seated]) => seated)
  const rooms = new Map(state.rooms).set(request.room, new Map(room).set(tab, { stream, record }))
  const streams = new Map(state.streams).set(stream, { kind: 'seated', tab, unknownFrames, room: request.room })
  if (old !== undefined) streams.delete(old.stream)
  const effects: RoomsEffect[] = [
    ...inFrames(others.map((seated) => seated.record)).map(
      (records): RoomsEffect => ({ kind: 'send', stream, reply: { t: 'peers', records } }),
    ),
    ...others.map((seated): RoomsEffect => ({ kind: 'send', stream: seated.stream, reply: { t: 'joined', record } })),
    ...(old === undefined ? [] : [{ kind: 'close', stream: old.stream } as const]),
  ]
  return { next: { ...state, rooms, streams }, effects }
}

function leave(state: Rooms, stream: StreamId): Step {
  const stage = state.streams.get(stream)
  if (stage === undefined) return { next: state, effects: [] }
  const streams = new Map(state.streams)
  streams.delete(stream)
  if (stage.kind !== 'seated') return { next: { ...state, streams }, effects: [] }

  const room = new Map(state.rooms.get(stage.room))
  room.delete(stage.tab)
  const rooms = new Map(state.rooms)
  if (room.size === 0) rooms.delete(stage.room)
  else rooms.set(stage.room, room)
  const reply: RendezvousReply = { t: 'left', tab: stage.tab }
  return {
    next: { ...state, rooms, streams },
    effects: [...room.values()].map((seated) => ({ kind: 'send', stream: seated.stream, reply })),
  }
}

/** A seated stream that misbehaves leaves its room like any other. */
function refuse(state: Rooms, stream: StreamId, reason: RefusalReason): Step {
  const stage = state.streams.get(stream)
  if (stage === undefined) return { next: state, effects: [] }
  const left = leave(state, stream)
  const strikes = (state.strikes.get(stage.tab) ?? 0) + 1
  const effects: RoomsEffect[] = [
    { kind: 'send', stream, reply: { t: 'refused', reason } },
    { kind: 'close', stream },
    ...left.effects,
    ...(strikes >= RENDEZVOUS_STRIKES ? [{ kind: 'disconnect', tab: stage.tab } as const] : []),
  ]
  return { next: { ...left.next, strikes: new Map(state.strikes).set(stage.tab, strikes) }, effects }
}

function withStage(state: Rooms, stream: StreamId, stage: Stage): Rooms {
  return { ...state, streams: new Map(state.streams).set(stream, stage) }
}

/** A full room does not fit one frame. An empty room is one empty frame: the newcomer learns that it is alone. */
function inFrames(records: readonly RendezvousRecord[]): RendezvousRecord[][] {
  const frames: RendezvousRecord[][] = [[]]
  let bytes = 0
  for (const record of records) {
    const last = frames.at(-1) as RendezvousRecord[]
    const isFull = last.length === PEERS_FRAME_RECORDS || bytes + record.sealed.byteLength > PEERS_FRAME_BYTES
    bytes = isFull ? record.sealed.byteLength : bytes + record.sealed.byteLength
    if (isFull) frames.push([record])
    else last.push(record)
  }
  return frames
}
