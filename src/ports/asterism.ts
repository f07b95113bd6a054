/**
 * The public API: what the page shows as `globalThis.asterism`, what the UI is written on, and what apps and embeds get.
 * Values are immutable snapshots: read a property again after `subscribe` calls back. docs/api.md explains it by
 * example.
 */
import type { RoomErrorCode } from '../protocol/errors.ts'
import type { DeviceId, RoomId, TabId } from '../protocol/ids.ts'
import type { Layer } from '../protocol/media.ts'
import type { MeetingLog } from '../protocol/meeting-log.ts'
import type { Role } from '../protocol/membership.ts'
import type { Decision } from './balance.ts'
import type { Effects, EffectsWish } from './effects.ts'
import type { Files, Listener, Unsubscribe } from './files.ts'
import type { Session } from './session.ts'
import type { CallTools } from './tools.ts'

export type { BackgroundKept, EffectState, Effects, EffectsWish, OwnBackground } from './effects.ts'
export type * from './files.ts'
export type * from './session.ts'
export type * from './tools.ts'

export interface Asterism {
  readonly version: string
  /** The room this tab is in. */
  readonly room: Room | undefined
  /** Makes a room and enters it. */
  start(options?: EnterOptions): Promise<Room>
  /**
   * Enters the room of a link. Resolves as soon as the room is usable alone; members appear as they are reached.
   * Throws `link-invalid`, `link-wrong-secret`.
   */
  join(link: string, options?: EnterOptions): Promise<Room>
  /** Rooms this device has been in, newest first. */
  recentRooms(): Promise<readonly RecentRoom[]>
  /** Leaves it with all tabs of this device and erases everything the device keeps of it. What others keep stays with them. */
  forgetRoom(id: RoomId): Promise<void>
}

export type EnterOptions = { readonly name?: string; readonly signal?: AbortSignal }

export type RecentRoom = {
  readonly id: RoomId
  readonly link: string
  readonly words: readonly string[]
  readonly hue: number
  readonly visitedAtMs: number
}

export interface Room {
  readonly id: RoomId
  readonly link: string
  /** The link for handing on: it names who is near, so that whoever comes by it asks them first in a call. */
  readonly invitation: string
  /** Four check words derived from the key: equal on every screen, readable aloud. */
  readonly words: readonly string[]
  /** 0 to 359, derived from the key. */
  readonly hue: number
  readonly status: RoomStatus
  /** Everybody here, this tab first. */
  readonly members: readonly Member[]
  readonly me: Member
  readonly files: Files
  readonly call: Call
  readonly chat: Chat
  /** Newest last, at most 20: what went wrong and was survived. */
  readonly notices: readonly Notice[]
  setName(name: string): void
  /** Throws `role-refused` when the membership rules do not let this device set that role. */
  setRole(device: DeviceId, role: Role): Promise<void>
  dismiss(noticeId: string): void
  subscribe(listener: Listener): Unsubscribe
  /** Resolves when others have been told or one second has passed. */
  leave(): Promise<void>
}

export type RelayStatus = 'connecting' | 'connected' | 'unreachable'

export type RoomStatus = {
  readonly relay: RelayStatus
  /** Devices that hold the room key and were let in: how many can read what is here. */
  readonly readers: number
  /** False when the browser gives this page no storage; everything then lives in memory. */
  readonly storage: 'kept' | 'may-be-evicted' | 'memory-only'
  readonly left: boolean
}

export type Member = {
  readonly tab: TabId
  readonly device: DeviceId
  readonly name: string
  readonly role: Role
  readonly isMe: boolean
  /** Another tab of this very device. */
  readonly isMyDevice: boolean
  /** `here`: connected both for control and link. `healing`: was here, is being reached again. */
  readonly connection: 'connecting' | 'here' | 'healing'
  readonly path: 'direct' | 'relayed' | 'unknown'
  readonly rttMs: number | undefined
  readonly inCall: boolean
  readonly microphone: boolean
  readonly camera: boolean
  readonly screen: boolean
  readonly speaking: boolean
}

export type Notice = { readonly id: string; readonly code: RoomErrorCode; readonly text: string; readonly atMs: number }

export interface Chat {
  /** Those of the room, and those to some of a meeting that this device wrote or got, which it keeps until the tab is closed. */
  readonly messages: readonly ChatMessage[]
  /** Who reads what is sent now when nothing else is said: as in speech those in the same side room, or the one whispered to. */
  readonly audience: ChatAudience
  /** `to`: the whole room, from wherever this is written. */
  send(text: string, to?: 'room'): void
  subscribe(listener: Listener): Unsubscribe
}

/** Where something is written, and so who reads it. A side room has the name here that it had then. */
export type ChatPlace =
  | { readonly kind: 'room' }
  | { readonly kind: 'sub-room'; readonly id: string; readonly name: string }
  | { readonly kind: 'whisper'; readonly to: DeviceId; readonly name: string }

/** `names`: of the others who read it; nobody is named where the whole room does. */
export type ChatAudience = ChatPlace & { readonly names: readonly string[] }

export type ChatMessage = {
  readonly id: string
  readonly from: DeviceId
  readonly name: string
  readonly isMe: boolean
  readonly text: string
  readonly atMs: number
  readonly place: ChatPlace
  /** Of a message of this device to some: names of those it has not come to within some seconds. */
  readonly lacking: readonly string[]
}

export interface Call {
  readonly state: 'out' | 'joining' | 'in'
  readonly self: SelfMedia
  /** What this person sees of their own camera: beside others it has fewer pictures a second, since drawing it costs what drawing them does. */
  readonly mirror: MediaStreamTrack | undefined
  /** Tracks of the others in the call, by tab. */
  readonly remote: readonly RemoteMedia[]
  /** Cameras, microphones and speakers the browser names (names appear after the first permission). */
  readonly devices: readonly MediaDevice[]
  /** Shows the self view before joining, so that the pre-join screen can preview. Errors land in `self`. */
  preview(want: MediaWish): Promise<void>
  join(want?: MediaWish): Promise<void>
  leave(): Promise<void>
  setMicrophone(on: boolean): Promise<void>
  setCamera(on: boolean): Promise<void>
  setScreen(on: boolean): Promise<void>
  /** Shares these tracks as if they were the screen, until something else is shared or `setScreen(false)`; then they are stopped. */
  share(stream: MediaStream): void
  choose(kind: 'microphone' | 'camera' | 'speaker', deviceId: string): Promise<void>
  /** What is done to the own sound and picture, in the preview and in the call. */
  readonly effects: Effects
  /** Resolves when the wish is kept and its code is there; what becomes of it is in `effects.states`. Never rejects. */
  setEffects(change: Partial<EffectsWish>): Promise<void>
  /**
   * What is on the screen and how large: no picture is sent that nobody sees. Until it is called, everybody's is wanted. What
   * is composed on this device for a recording or a player is said beside it, by a name for each, and takes nothing from the screen.
   */
  setVisible(tiles: readonly VisibleTile[], where?: string): void
  /** What this device gives to the call. */
  readonly giving: Giving
  give(change: Partial<Giving>): void
  /** Who takes part, what moderators decided, and what this person says beside words. Kept in every tab, in the call or not. */
  readonly session: Session
  /** Watching together, recording, doors for other programs, a second device: loaded when first asked for. */
  tools(): Promise<CallTools>
  /** How the call travels right now; a snapshot, replaced once a second while in the call. */
  readonly stats: CallStats | undefined
  subscribe(listener: Listener): Unsubscribe
}

export type MediaWish = { readonly microphone: boolean; readonly camera: boolean }

export type SelfMedia = {
  readonly microphone: DeviceState
  readonly camera: DeviceState
  readonly screen: DeviceState
  readonly cameraTrack: MediaStreamTrack | undefined
  readonly screenTrack: MediaStreamTrack | undefined
  /** Silent while muted. */
  readonly microphoneTrack: MediaStreamTrack | undefined
  readonly screenAudioTrack: MediaStreamTrack | undefined
  /** 0 to 1, smoothed, for the level meter. */
  readonly level: number
  readonly speaking: boolean
  readonly chosen: { readonly microphone: string; readonly camera: string; readonly speaker: string }
}

export type DeviceState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'on' }
  | {
      readonly kind: 'failed'
      readonly code: 'device-denied' | 'device-missing' | 'device-lost' | 'device-busy' | 'device-failed' | 'device-unsendable'
      readonly text: string
    }

export type VisibleTile = {
  readonly tab: TabId
  readonly view: 'camera' | 'screen'
  /** Device pixels. */
  readonly heightPx: number
}

export type Giving = {
  /** Passes on what others send, sealed as it is. */
  readonly passesOn: boolean
  /** It sends no more than this, whatever the line would carry; undefined: as measured. */
  readonly uplinkKbps: number | undefined
}

/**
 * `sealed`: its frames are encrypted by its device and opened here, whoever passes them on. `opening`: the key is on its
 * way. `direct`: its browser knows plain connections only, which nobody else is part of.
 */
export type Seal = 'sealed' | 'opening' | 'direct'

export type RemoteMedia = {
  readonly tab: TabId
  readonly seal: Seal
  /** Who passes its picture on to this tab; undefined: it comes straight. */
  readonly through: TabId | undefined
  readonly microphone: MediaStreamTrack | undefined
  readonly camera: MediaStreamTrack | undefined
  readonly screen: MediaStreamTrack | undefined
  readonly screenAudio: MediaStreamTrack | undefined
}

export type CallCarrier = 'channel' | 'pipe' | 'track'

export type StreamReason = {
  readonly tab: TabId
  readonly layer: Layer
  readonly text: string
  /** The tree: who takes it from whom, where that is not its sender. */
  readonly ways?: readonly { readonly to: TabId; readonly from: TabId }[]
}

export type CallStats = {
  /** The tab that plans who passes on what; undefined where everything goes straight. */
  readonly conductor: TabId | undefined
  /** What this tab may send, as measured. */
  readonly uplinkKbps: number
  /**
   * What this tab may take, as measured; while nothing stood in its way, what nearly every line carries. `smallPictures`: of so many others it takes
   * the small picture instead of the full one, because its line is short and no plan looks after it.
   */
  readonly downlink?: { readonly kbps: number; readonly smallPictures: number }
  /** What this device takes in, opens and passes on in a second, as it measured when the call began. */
  readonly packetsPerSecond?: number
  /**
   * How late this device runs, in milliseconds, and how often it halved the pictures a second that it takes of each camera because
   * it has more to do than it can; `screen` gives way last.
   */
  readonly strain?: { readonly lateMs: number; readonly halvings: 0 | 1 | 2 }
  /** What comes to this tab. */
  readonly streams: readonly StreamStats[]
  readonly hops: readonly HopStats[]
  /** Why the streams that are passed on go the way they go. */
  readonly reasons: readonly StreamReason[]
  /** What this device decided for itself lately and why, the newest last. */
  readonly decisions?: readonly Decision[]
  /** What the plans of this tab were made of, for `lookBack` of the tools, or `npm run sim -- replay`; empty when it made none. */
  readonly log?: () => MeetingLog
}

export type StreamStats = {
  readonly tab: TabId
  readonly layer: Layer
  readonly from: TabId
  readonly carrier: CallCarrier
  readonly fps: number
  readonly kbps: number
  /** From capture to arrival, by the clocks of the two devices. */
  readonly delayMs: number
  /** To how many others this tab passes it on. */
  readonly passedTo: number
}

export type HopStats = {
  readonly tab: TabId
  readonly carrier: CallCarrier
  readonly sentKbps: number
  readonly receivedKbps: number
  readonly lostPerMille: number
  readonly queueMs: number
}

export type MediaDevice = { readonly kind: 'microphone' | 'camera' | 'speaker'; readonly id: string; readonly label: string }
