/** The part of a call that seals and forwards frames. It is loaded with the first call; engines without what it takes have none. */
import type { TabId } from '../protocol/ids.ts'
import type { PlainKind } from '../protocol/signal.ts'
import type { CallStats, Giving, Seal, VisibleTile } from './asterism.ts'

/** null: nothing to send; undefined: leave what is there, a device is just being changed. */
export type OutgoingTracks = Readonly<Record<PlainKind, MediaStreamTrack | null | undefined>>

export type MeetingScene = {
  readonly isIn: boolean
  /** The others in the call who take sealed frames. */
  readonly participants: readonly TabId[]
  readonly outgoing: OutgoingTracks
  /** This tab's person speaks. */
  readonly isSpeaking: boolean
  /** undefined: no screen says what it shows. */
  readonly visible: readonly VisibleTile[] | undefined
  readonly giving: Giving
}

export type SealedMedia = {
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
}
