/**
 * Who takes part in a meeting, how it looks and who decides so: `room.call.session`. What anybody decides is a signed act in a
 * log that every tab keeps, so it stays when whoever decided it leaves, and carriers keep to it, not the screens alone. Acts
 * name people by device; all tabs of a device are one person.
 */
import type { Hushed } from '../core/session/fold-control.ts'
import type { Show } from '../protocol/control.ts'
import type { DeviceId, TabId } from '../protocol/ids.ts'
import type { Role } from '../protocol/membership.ts'
import type { Listener, Unsubscribe } from './files.ts'

export interface Session {
  /** A snapshot, replaced when anything changes. */
  readonly state: SessionState
  subscribe(listener: Listener): Unsubscribe

  // What everybody may. Each resolves when it is signed and on its way; throws `role-refused` where it is not allowed.
  raiseHand(raised: boolean): Promise<void>
  /** One of eight, which docs/api.md shows; seen for a few seconds. Throws `frame-malformed` for another. */
  react(reaction: string): Promise<void>
  /** Who sees this device's shared screen; undefined: everybody. */
  shareWith(devices: readonly DeviceId[] | undefined): Promise<void>
  /** While set, this device's voice is heard by that person alone, over the same connections. */
  whisper(to: DeviceId | undefined): Promise<void>
  /** Moves this person, where the meeting lets people move themselves; `undefined` is the main room. */
  moveTo(subRoom: string | undefined): Promise<void>
  openPoll(question: string, options: readonly string[], choices: 'one' | 'many'): Promise<string>
  vote(poll: string, options: readonly number[]): Promise<void>
  /** By who opened it, or a moderator. */
  closePoll(poll: string): Promise<void>

  // What owner and moderators may.
  /** Newcomers wait until they are admitted: nobody sends them anything. Those who are in stay in. */
  setLobby(on: boolean): Promise<void>
  /** Nobody new comes in, and nobody waits. */
  setLocked(on: boolean): Promise<void>
  admit(devices: readonly DeviceId[]): Promise<void>
  /** Out of the meeting, not out of the room. They may be admitted again. */
  remove(device: DeviceId): Promise<void>
  /** A request that the other's device asks its person about; nothing is forced. */
  askToMute(device: DeviceId): Promise<void>
  askToUnmute(device: DeviceId): Promise<void>
  /** Enforced: nobody passes it on or plays it until it is lifted. `all`: everybody but owner and moderators. */
  hush(whom: DeviceId | 'all', what: Partial<Hushed>): Promise<void>
  /** Shown large to everybody, in this order; empty: nobody. */
  spotlight(devices: readonly DeviceId[]): Promise<void>
  /** How screens arrange people; undefined: as each likes. */
  pushLayout(layout: SharedLayout | undefined, whom: readonly DeviceId[] | 'all'): Promise<void>
  setSubRooms(rooms: readonly SubRoom[], rules: { readonly peopleMove: boolean }): Promise<void>
  /** `undefined` as place: the main room. */
  place(devices: readonly DeviceId[], subRoom: string | undefined): Promise<void>
  /** What newcomers see while they connect; undefined: nothing particular. */
  setWelcome(welcome: Welcome | undefined): Promise<void>
}

export type SessionState = {
  /** Owner or moderator. */
  readonly mayModerate: boolean
  readonly participants: readonly SessionParticipant[]
  readonly lobby: boolean
  readonly locked: boolean
  readonly spotlight: readonly DeviceId[]
  /** The layout pushed to this device. */
  readonly layout: SharedLayout | undefined
  /** Grows with each push to this device, also of the same layout: who turned away from one is asked anew. */
  readonly layoutTurn: number
  readonly subRooms: readonly SubRoom[]
  readonly peopleMove: boolean
  /** Where this person is; undefined: the main room. */
  readonly subRoom: string | undefined
  /** Whom this person whispers to. */
  readonly whisperTo: DeviceId | undefined
  readonly sharesWith: readonly DeviceId[] | undefined
  readonly polls: readonly Poll[]
  readonly welcome: Welcome | undefined
  /** What all watch now: of the shows of those who are in and in the same room as this person, the one begun last. */
  readonly watch: (Show & { readonly by: DeviceId }) | undefined
  /** Newest last: what moderators asked of this person and nothing answered yet. */
  readonly asked: 'mute' | 'unmute' | undefined
}

/** A device that is in the call, or waits at its door. */
export type SessionParticipant = {
  readonly device: DeviceId
  readonly tabs: readonly TabId[]
  readonly name: string
  readonly role: Role
  readonly isMe: boolean
  readonly place: 'in' | 'waiting' | 'removed'
  readonly hushed: Hushed
  /** When it was raised; undefined: it is not. */
  readonly handAtMs: number | undefined
  readonly reaction: string | undefined
  /** What this device takes of the call out of it. */
  readonly capture: Capture
  /** Of what this person says and shows, what is for some only now: nobody takes that out of the call. */
  readonly confides: { readonly voice: boolean; readonly screen: boolean }
  /** This person's other device. */
  readonly companion: DeviceId | undefined
  /** A second device of somebody who is in too: it stands under its companion, and is not counted. */
  readonly isSecond: boolean
  readonly subRoom: string | undefined
}

/** A recording that this device makes, and what it gives to players that are no members. */
export type Capture = { readonly recording: boolean; readonly streaming: boolean }

export type { Hushed, Show }

export type SharedLayout = 'grid' | 'speaker' | 'side-by-side' | 'share'

export type SubRoom = { readonly id: string; readonly name: string }

export type Poll = {
  readonly id: string
  readonly by: DeviceId
  readonly question: string
  readonly options: readonly { readonly text: string; readonly votes: number }[]
  readonly choices: 'one' | 'many'
  readonly isOpen: boolean
  /** What this person chose. */
  readonly mine: readonly number[]
}

export type Welcome = {
  readonly title: string
  readonly text: string
  /** Lines of `time` and what happens then. */
  readonly agenda: readonly { readonly time: string; readonly text: string }[]
  /** A picture or clip of the room's files. */
  readonly file: string | undefined
}
