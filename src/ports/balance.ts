/**
 * What this device has learned of clients, networks and carriers, asked by whoever begins a hop or takes a stream. It is
 * told what happens in a call and keeps it, sealed, on the device; nothing of it names an address, a room or a person.
 */
import type { Reach } from '../core/call/overlay/find-parents.ts'
import type { PlannedRound } from '../core/call/overlay/log-round.ts'
import type { MediaId } from '../protocol/media.ts'
import type { Carrier, MediaNews, Want } from '../protocol/media-worker.ts'
import type { MeetingMessage, MeetingPlaces, MeetingPlan } from '../protocol/meeting.ts'

export interface Balance {
  /** With which carrier a hop begins in this network. */
  readonly firstCarrier: Carrier
  /** How far the others are as the conductor is told: those who passed nothing on lately are at the end of the world. */
  tellRtts(rtts: readonly [MediaId, number][]): [MediaId, number][]
  /** From whom streams are taken, by what was found for them and what is known here. Called with all wants whenever they are looked at. */
  reroute(wants: readonly Want[], around: Around): readonly Want[]
  /** Everything the worker says. */
  hear(news: MediaNews): void
  /** What others say of where streams are passed on, and in which networks they are. */
  heard(from: MediaId, message: MeetingMessage): void
  /** This tab planned a round for all of them: each is told where streams are passed on, when it is due. `tell`: whether it could be. */
  planned(round: PlannedRound, others: readonly MediaId[], tell: (id: MediaId, places: MeetingPlaces) => boolean): void
  /** What was decided lately and why, the newest last. */
  readonly decisions: readonly Decision[]
}

export type Around = {
  readonly plan: MeetingPlan | undefined
  /** Who makes it. */
  readonly conductor: MediaId | undefined
  readonly self: MediaId
  readonly reach: Reach
}

export type Decision = {
  readonly atMs: number
  readonly about: 'way' | 'redirect' | 'carrier' | 'places'
  /** In at most 200 characters, with `#<media id>` in place of names. */
  readonly why: string
}
