/**
 * Where a meeting has those who pass on, as whoever plans it sees it: points of presence from the round trips that members
 * told, who in them is on lease and how busy the plan makes each, and which network alone reaches somebody. What each member is told
 * of it is its own: nobody hears of a point that another network alone reaches, and newcomers get a list.
 */
import { LINK_DIAL_MS, PLACE_REFLECTORS, PLACES_TOLD, REFLECTOR_LEASE_MS, REFLECTORS_OFFERED } from '../../protocol/limits.ts'
import type { MediaId } from '../../protocol/media.ts'
import type { MeetingFacts, MeetingPlaces, MeetingPlan } from '../../protocol/meeting.ts'
import { loadsOf, type Standings } from '../call/overlay/weigh-carriers.ts'
import type { Reflector } from './metrics.ts'
import { findPops, onlyNetwork, type Pop, permutedList } from './points-of-presence.ts'

/** When each told its facts first and last. */
export type Leases = ReadonlyMap<MediaId, { readonly facts: MeetingFacts; readonly sinceMs: number; readonly heardMs: number }>

export type PlacesSeen = {
  readonly facts: ReadonlyMap<MediaId, MeetingFacts>
  readonly plan: MeetingPlan
  readonly standings: Standings
  readonly leases: Leases
  /** Of each that told it. */
  readonly segments: ReadonlyMap<MediaId, string>
  readonly nowMs: number
}

export type Places = {
  readonly pops: readonly Pop[]
  /** Percent of each line that the plan asks for, in tens. */
  readonly busy: ReadonlyMap<MediaId, number>
  readonly full: readonly MediaId[]
  readonly closed: readonly MediaId[]
  readonly rttOf: (one: MediaId, other: MediaId) => number | undefined
  readonly networkOf: (id: MediaId) => string
}

/** Facts that are other than those before were told just now. */
export function renewLeases(before: Leases, facts: ReadonlyMap<MediaId, MeetingFacts>, nowMs: number): Leases {
  return new Map(
    [...facts].map(([id, told]) => {
      const was = before.get(id)
      return [id, was?.facts === told ? was : { facts: told, sinceMs: was?.sinceMs ?? nowMs, heardMs: nowMs }]
    }),
  )
}

export function findPlaces(seen: PlacesSeen): Places {
  const { facts, segments } = seen
  const measured = new Map([...facts].map(([id, { rtts }]) => [id, new Map(rtts)]))
  const rttOf = (one: MediaId, other: MediaId) => measured.get(one)?.get(other) ?? measured.get(other)?.get(one)
  // Who told no network is in one with nobody.
  const networkOf = (id: MediaId) => segments.get(id) ?? `of ${id}`
  const reflectors = [...facts.keys()].map((id): Reflector => {
    const onlyIn = reachedOnlyFrom(id, seen, rttOf, networkOf)
    const isReached = [...facts.keys()].some((other) => rttOf(id, other) !== undefined)
    return { id: String(id), isOnLease: isReached && isOnLease(id, seen), onlyIn, load: { reflect: 0, composite: 0 }, units: 1 }
  })
  return {
    pops: findPops(reflectors, (from, to) => rttOf(Number(from), Number(to))),
    busy: busyOf(seen),
    full: fullSources(seen.plan, rttOf),
    closed: [...facts].flatMap(([id, { forwards }]) => (forwards === 0 ? [id] : [])),
    rttOf,
    networkOf,
  }
}

/** `turn`: of a newcomer, how many came before it. */
export function placesFor(self: MediaId, places: Places, isPlanned: boolean, turn?: number): MeetingPlaces {
  const { pops, busy, full, closed, rttOf } = places
  const network = places.networkOf(self)
  const others = pops.map((pop) => ({ ...pop, reflectors: pop.reflectors.filter((id) => id !== String(self)) }))
  const distanceOf = ({ members }: Pop) => Math.min(...members.map((id) => rttOf(self, Number(id)) ?? Number.POSITIVE_INFINITY))
  const isFor = ({ onlyIn, reflectors }: Pop) => reflectors.length > 0 && (onlyIn === undefined || onlyIn === network)
  const points = others
    .filter(isFor)
    .toSorted((a, b) => Number(b.onlyIn !== undefined) - Number(a.onlyIn !== undefined))
    .slice(0, PLACES_TOLD)
    .map(({ onlyIn, reflectors }) => ({
      isInside: onlyIn !== undefined,
      reflectors: reflectors.slice(0, PLACE_REFLECTORS).map((id): [MediaId, number] => [Number(id), busy.get(Number(id)) ?? 0]),
    }))
  const list = turn === undefined ? [] : permutedList(others, network, distanceOf, turn).slice(0, REFLECTORS_OFFERED)
  return { t: 'places', points, full: [...full], closed: [...closed], isPlanned, list: list.map(Number) }
}

function isOnLease(id: MediaId, { facts, standings, leases, nowMs }: PlacesSeen): boolean {
  const told = facts.get(id)
  const heardMs = leases.get(id)?.heardMs ?? Number.NEGATIVE_INFINITY
  const isAble = told !== undefined && told.forwards > 0 && told.isSteady && told.packetsPerSecond > 0
  return isAble && standings.get(id)?.isBenched !== true && nowMs - heardMs < REFLECTOR_LEASE_MS
}

/** Nobody reached in the time a link takes is reached in vain; whoever came later is still on its way. */
function reachedOnlyFrom(
  id: MediaId,
  { facts, leases, nowMs }: PlacesSeen,
  rttOf: Places['rttOf'],
  networkOf: Places['networkOf'],
): string | undefined {
  const isSettled = (one: MediaId) => nowMs - (leases.get(one)?.sinceMs ?? nowMs) >= LINK_DIAL_MS
  const [reached, failed] = [new Set<string>(), new Set<string>()]
  for (const other of facts.keys()) {
    if (other === id) continue
    if (rttOf(id, other) !== undefined) reached.add(networkOf(other))
    else if (isSettled(other) && isSettled(id)) failed.add(networkOf(other))
  }
  return onlyNetwork(reached, failed)
}

/** With one more picture: a line that has no room for it is full, however little it is asked for. */
function busyOf({ facts, plan, standings }: PlacesSeen): ReadonlyMap<MediaId, number> {
  const loads = loadsOf(facts, plan)
  const pictures = [...facts.values()].flatMap(({ sends }) => sends.filter(({ layer }) => layer === 'main'))
  const nextKbps = Math.max(0, ...pictures.map(({ kbps }) => kbps))
  return new Map(
    [...facts].map(([id, { uplinkKbps }]) => {
      const line = Math.min(uplinkKbps, standings.get(id)?.carriesKbps ?? Number.POSITIVE_INFINITY)
      const share = ((loads.get(id)?.kbps ?? 0) + nextKbps) / Math.max(1, line)
      return [id, Math.min(100, share > 1 ? 100 : 10 * Math.floor(10 * share))]
    }),
  )
}

/** Somebody who could take it straight takes it from another, or goes without. */
function fullSources({ streams }: MeetingPlan, rttOf: Places['rttOf']): readonly MediaId[] {
  const full = streams.filter(
    ({ source, edges, without }) => without.length > 0 || edges.some(([child]) => rttOf(child, source) !== undefined),
  )
  return [...new Set(full.map(({ source }) => source))]
}
