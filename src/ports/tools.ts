/**
 * The public API, what is loaded when a call first asks for it: `room.call.tools()`. Watching together, recording, doors for
 * programs that are no tabs, the second device of a person, and a look back.
 */
import type { Show } from '../protocol/control.ts'
import type { DeviceId, TabId } from '../protocol/ids.ts'
import type { Steering } from '../protocol/side-talk.ts'
import type { Check } from './check.ts'
import type { OwnBackground } from './effects.ts'
import type { Listener, Unsubscribe } from './files.ts'
import type { LookBack } from './look-back.ts'
import type { SharedLayout } from './session.ts'

export interface CallTools {
  readonly watch: Watch
  readonly recorder: Recorder
  readonly doors: Doors
  readonly companion: Companion
  readonly ownBackground: OwnBackground
  readonly lookBack: LookBack
  /** Looks at this device and its ways to others: some seconds, in a call or before, and nothing is turned on for it. */
  check(): Promise<Check>
}

/**
 * One thing watched by all at once. Who shows it controls it; of a file everybody's player follows within WATCH_DRIFT_MS, a
 * shared screen is live and comes to each by their own way. What is on, and where in it, is `room.call.session.state.watch`.
 */
export interface Watch {
  /**
   * A file of the room, or what this device shares as its screen (asked for when nothing is shared yet); takes the place of
   * what was on. Throws `file-not-found`, `role-refused` who is not in the call, and what sharing a screen throws.
   */
  show(source: Show['source']): Promise<void>
  /** By who shows it. In quick succession they are merged. Throws `role-refused` for others, `frame-malformed`. */
  change(change: Partial<Pick<Show, 'isPlaying' | 'isMuted' | 'positionMs' | 'rate' | 'place' | 'overlays'>>): Promise<void>
  /** By who shows it, or a moderator. Throws `role-refused` for others. */
  end(): Promise<void>
  /** Somebody else's file becomes this device's show, where it is now, or where it was when they left. Throws `role-refused`. */
  takeOver(): Promise<void>
  /** A file whose shower left the call, where it was then; until something else is on. */
  readonly left: (Show & { readonly by: DeviceId }) | undefined
  /** Where the player has to be now; undefined: nothing is on, or the clock of who shows it is not known yet. */
  positionMs(): number | undefined
  /** Keeps a player where the show is, and silent while that is muted; its source and volume are the caller's. */
  follow(player: HTMLMediaElement): Follower
  /** How far the clock of another tab is ahead of this one's, and how sure that is; undefined until it was asked. */
  clock(tab: TabId): { readonly aheadMs: number; readonly withinMs: number } | undefined
  subscribe(listener: Listener): Unsubscribe
}

export interface Follower {
  /**
   * `waiting`: for data, or for the clock of who shows it. `silenced`: the browser lets it play without sound only, until
   * `hear` is called by a press. `failed`: this browser cannot play it.
   */
  readonly state: 'waiting' | 'following' | 'silenced' | 'failed'
  hear(): void
  stop(): void
  subscribe(listener: Listener): Unsubscribe
}

export interface Recorder {
  readonly state: RecorderState
  /** Owner and moderators, in the call. Everybody is told before the first frame is kept. Throws `role-refused`, `browser-lacking`. */
  start(options?: RecordOptions): Promise<void>
  /** Resolves when all of it is a file of the room. */
  stop(): Promise<void>
  subscribe(listener: Listener): Unsubscribe
}

/** `pieceMs`: length of the files a recording is kept in, RECORD_PIECE_MIN_MS to RECORD_PIECE_MS, which it is when nothing is said. */
export type RecordOptions = { readonly pieceMs?: number }

export type RecorderState =
  /** `folder`: of the recording that ended last, with what was kept of it. */
  | { readonly kind: 'off'; readonly folder: string | undefined }
  | { readonly kind: 'starting' }
  /** What is kept goes into the room in pieces while it runs, so that a tab that dies loses one piece. */
  | { readonly kind: 'recording'; readonly sinceMs: number; readonly bytes: number; readonly folder: string }
  | { readonly kind: 'saving'; readonly folder: string }
  | { readonly kind: 'failed'; readonly text: string; readonly folder: string | undefined }

/** All of the call as one picture and one sound, composed on this device: for a recording, and for players that take one stream. */
export type Composite = { readonly video: MediaStreamTrack; readonly audio: MediaStreamTrack; readonly close: () => void }

/**
 * Addresses by which programs that speak WHIP (RFC 9725) or WHEP come in and out. Who has the address may use it, once at a
 * time. A door ends with `close`, with the call, and with this tab; one for a program that comes in also when what it
 * brings is not shared any more.
 */
export interface Doors {
  readonly open: readonly Door[]
  /**
   * `in`: what comes is shared by this device as its screen. `out`: `of` says what goes out; everybody is told.
   * Owner and moderators who are in the call. Throws `role-refused`, `relay-unreachable`.
   */
  add(door: { readonly direction: 'in' } | { readonly direction: 'out'; readonly of: 'all' | 'share' }): Promise<Door>
  close(id: string): void
  subscribe(listener: Listener): Unsubscribe
}

export type Door = {
  readonly id: string
  readonly direction: 'in' | 'out'
  readonly of: 'all' | 'share' | undefined
  /** To be given to the program as its WHIP or WHEP address. */
  readonly url: string
  readonly state: 'waiting' | 'connecting' | 'connected' | 'failed'
  /** Why the last program that called was sent away, until one connects: it could not be understood, or brings nothing that goes here. */
  readonly refused: 'unreadable' | 'nothing-in-common' | undefined
}

/**
 * Two devices of one person, which people meet as one. One of them stands for the person; the second, which typed the code, steers it
 * or is a second screen of it. Both have to be in the call.
 */
export interface Companion {
  /** Six digits to be typed into the other device; undefined: none is offered. */
  readonly code: string | undefined
  /** Offers a code for PAIR_MS, in place of one that was offered. */
  offer(): string
  withdraw(): void
  /** Makes this device the second one. False: no device here offers this code, or it does not listen to this one any more. */
  pair(code: string): Promise<boolean>
  part(): Promise<void>
  /** The other device, once both said so. */
  readonly other: DeviceId | undefined
  /** The other one stands for the person. This one becomes silent when it begins, and may be turned on again. */
  readonly isSecond: boolean
  /** Changes places with the other. */
  setSecond(isSecond: boolean): Promise<void>
  /** This device was asked to look so, by `steer` of the other: for the screen to follow. A new object each time it was asked. */
  readonly look: { readonly layout: SharedLayout } | undefined
  /** The other asked to share this screen, which the browser does for a press on this device only: `call.setScreen(true)`, or `refuseScreen`. */
  readonly isScreenAsked: boolean
  refuseScreen(): void
  /** False: the other device cannot be reached now. */
  steer(wish: Steering): boolean
  subscribe(listener: Listener): Unsubscribe
}

export type { Check, CheckGroup, CheckLine, CheckResult } from './check.ts'
export type * from './look-back.ts'
export type { Steering }
