/** The part of a call that seals and forwards frames. It is loaded with the first call; engines without what it takes have none. */
import type { Passage } from '../core/session/who-hears.ts'
import type { DeviceId, TabId } from '../protocol/ids.ts'
import type { PlainKind } from '../protocol/signal.ts'
import type { CallStats, Giving, Seal, VisibleTile } from './asterism.ts'
import type { Links } from './link.ts'
import type { Capture, Session, Show } from './session.ts'

/** What the tools of a call say in the log for this device. Others have the deeds made of it: `(await room.call.tools()).watch` and its like. */
export interface ToolsSession extends Session {
  /** What this device shows to all at once; undefined: nothing any more. */
  tellWatch(show: Show | undefined): Promise<void>
  /** By a moderator: takes a show of anybody off all screens. */
  endWatch(show: string): Promise<void>
  /** Says to all that what this device takes of the call is recorded, or leaves it; what is not named stays as it was said. */
  tellCapture(change: Partial<Capture>): Promise<void>
  /** This person's other device; both have to say so. `isSecond`: the other one stands for the person. */
  pairWith(device: DeviceId | undefined, isSecond?: boolean): Promise<void>
}

/** The session as the call sees it: what may pass between this tab and each other that is in the call. */
export interface CallSession extends ToolsSession {
  passage(links: Links): Passage
}

/** null: nothing to send; undefined: leave what is there, a device is just being changed. */
export type OutgoingTracks = Readonly<Record<PlainKind, MediaStreamTrack | null | undefined>>

export type MeetingScene = {
  readonly isIn: boolean
  /** The others in the call who take sealed frames. */
  readonly participants: readonly TabId[]
  readonly outgoing: OutgoingTracks
  /** This tab's person speaks. */
  readonly isSpeaking: boolean
  /** How loud, as its person sees it, 0 to 1. */
  readonly level: number
  /** undefined: no screen says what it shows. */
  readonly visible: readonly VisibleTile[] | undefined
  readonly giving: Giving
  readonly passage: Passage
}

export type SealedMedia = {
  readonly microphone: MediaStreamTrack | undefined
  readonly screenAudio: MediaStreamTrack | undefined
  readonly camera: MediaStreamTrack | undefined
  readonly screen: MediaStreamTrack | undefined
  readonly seal: Seal
  readonly through: TabId | undefined
}

export interface Meeting {
  /** The term in which this tab plans the meeting; 0: it does not. */
  readonly conducts: number
  readonly stats: CallStats | undefined
  follow(scene: MeetingScene): void
  media(tab: TabId): SealedMedia
  /** The own camera, at fewer pictures a second; undefined while no picture of others is beside it. */
  readonly mirror: MediaStreamTrack | undefined
  /** A camera whose pictures no encoder takes. */
  readonly refused: MediaStreamTrack | undefined
}
