/**
 * Whom the conductor tells where others pass on, and when: who just came at once, and again as soon as a plan is made with it;
 * everybody now and then, where it changed.
 */
import { NEWCOMER_MS, PLACES_AGAIN_MS } from '../../protocol/limits.ts'
import type { MediaId } from '../../protocol/media.ts'
import type { MeetingPlaces } from '../../protocol/meeting.ts'
import { findPlaces, type Leases, type PlacesSeen, placesFor, renewLeases } from './find-places.ts'

type Told = {
  readonly sinceMs: number
  /** Each newcomer's list begins with another. */
  readonly turn: number
  readonly isPlanned: boolean
  /** What it was told; undefined: that did not reach it. */
  readonly text: string | undefined
}

export type PlacesTold = {
  /** In which this tab conducts: in another one everybody is told anew. */
  readonly term: number
  readonly leases: Leases
  readonly told: ReadonlyMap<MediaId, Told>
  /** When everybody was told last. */
  readonly atMs: number
  readonly turns: number
}

export type TellPlaces = {
  readonly next: PlacesTold
  readonly tell: readonly (readonly [MediaId, MeetingPlaces])[]
}

export const NOBODY_TOLD: PlacesTold = { term: 0, leases: new Map(), told: new Map(), atMs: Number.NEGATIVE_INFINITY, turns: 0 }

/** With each plan. `present`: all who take part in plans, whether they told their facts or not. */
export function tellPlaces(last: PlacesTold, present: readonly MediaId[], round: Omit<PlacesSeen, 'leases'>): TellPlaces {
  const { facts, nowMs, plan } = round
  const before = last.term === plan.term ? last : { ...NOBODY_TOLD, term: plan.term }
  const leases = renewLeases(before.leases, facts, nowMs)
  const isDue = nowMs - before.atMs >= PLACES_AGAIN_MS
  let { turns } = before
  const told = new Map<MediaId, Told>()
  for (const id of present) told.set(id, before.told.get(id) ?? { sinceMs: nowMs, turn: turns++, isPlanned: false, text: undefined })
  const due = [...told].filter(([id, { text, isPlanned }]) => isDue || text === undefined || isPlanned !== facts.has(id))
  if (due.length === 0) return { next: { ...before, leases, told, turns }, tell: [] }
  const places = findPlaces({ ...round, leases })
  const tell = due.flatMap(([id, known]): [MediaId, MeetingPlaces][] => {
    const isNewcomer = nowMs - known.sinceMs < NEWCOMER_MS
    const message = placesFor(id, places, facts.has(id), isNewcomer ? known.turn : undefined)
    const text = JSON.stringify(message)
    told.set(id, { ...known, isPlanned: facts.has(id), text })
    return text === known.text ? [] : [[id, message]]
  })
  return { next: { term: plan.term, leases, told, atMs: isDue ? nowMs : before.atMs, turns }, tell }
}

/** It could not be told: that is tried again with the next plan. */
export function notTold(state: PlacesTold, id: MediaId): PlacesTold {
  const known = state.told.get(id)
  return known === undefined ? state : { ...state, told: new Map(state.told).set(id, { ...known, text: undefined }) }
}
