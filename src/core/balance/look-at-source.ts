/**
 * Whether a source is taken straight or as planned, or a ladder is climbed to its picture; and then who could pass it on, the best
 * first, and by which ways these are tried. What is known of the members comes in as this device's book and links say it.
 */

import { TECHNIQUES } from '../../protocol/balance.ts'
import { BRIDGES_LOOKED_AT } from '../../protocol/limits.ts'
import type { MediaId } from '../../protocol/media.ts'
import type { MeetingPlaces, MeetingPlan } from '../../protocol/meeting.ts'
import type { Reach } from '../call/overlay/find-parents.ts'
import { carriersOf, plannedParent, waysRound } from './ask-forwarders.ts'
import type { TechniqueTerms } from './choose-technique.ts'
import type { Ask } from './climb-to-source.ts'
import type { Attempt } from './ladder.ts'
import { type Candidate, orderReflectors, type Pick } from './metrics.ts'
import { isBlocked, type ProfileBook, reachOf } from './profile-book.ts'
import { isResting, NO_TALLY } from './tally.ts'
import { type WaysPlan, waysToSource } from './ways-to-source.ts'

/** A member that this device has a link to, or dials. */
export type Member = {
  readonly isLinked: boolean
  /** The way to it leads by a server. */
  readonly isByServer: boolean
  /** Measured now or before. */
  readonly rttMs: number | undefined
  /** It could not be reached lately, or passed nothing on. */
  readonly isBlocked: boolean
  /** Pictures of the call that it makes, by its own word. */
  readonly composes: number
}

export type Surroundings = {
  readonly plan: MeetingPlan | undefined
  readonly self: MediaId
  readonly reach: Reach
  readonly places: MeetingPlaces
  /** Of the members, those that the link names. */
  readonly hinted: ReadonlySet<MediaId>
  readonly takesRedirects: boolean
  readonly memberOf: (id: MediaId) => Member | undefined
}

/** How a source may be had, and why those who may pass it on stand in this order. */
export type Looked = { readonly ask: Ask; readonly picks: readonly Pick[] }

export const NOWHERE: MeetingPlaces = { t: 'places', points: [], full: [], closed: [], isPlanned: true, list: [] }

/** A copy takes a hundredth of a core, and who passes on is told of in percent of its line: one measure does for both. */
const PERCENT = 100
/** Of whoever is told of as inside a network it is this device's own. */
const HERE = 'here'

/** Undefined: it is taken straight, or as planned. */
export function lookAtSource(source: MediaId, around: Surroundings): Looked | undefined {
  const { plan, self, reach, places, memberOf } = around
  const named = plannedParent(plan, self, source, reach)
  const isLinked = reach.direct.has(source)
  if (isLinked && named !== undefined) return undefined
  const mayTakeFrom = (id: MediaId) => memberOf(id)?.isBlocked !== true
  const planned = named !== undefined && around.takesRedirects && mayTakeFrom(named) ? named : undefined
  const isByServer = isLinked && memberOf(source)?.isByServer === true
  const isFull = isLinked && !isByServer && !places.isPlanned && places.full.includes(source)
  if (isLinked && !isFull && !isByServer) return undefined
  const among = isFull ? carriersOf(plan, self, source, reach) : waysRound(source, self, reach, named)
  const known = new Set([...onLeaseIn(places), ...places.list, ...around.hinted])
  const open = among.filter((id) => !places.closed.includes(id)).toSorted((a, b) => Number(known.has(b)) - Number(known.has(a)))
  const picks = orderReflectors(candidatesOf(open.slice(0, BRIDGES_LOOKED_AT), around), HERE)
  const order = picks.flatMap(({ picked }) => (picked === undefined ? [] : [Number(picked.id)]))
  const full = picks[0]?.steps[0]?.dropped.filter(({ because }) => because === 'full') ?? []
  const crowded = new Set(places.isPlanned ? [] : full.map(({ id }) => Number(id)))
  return { ask: { order, planned, isLinked, crowded, goesOn: !isFull }, picks }
}

/** In vain one after the other, in this ladder and before it: then it is another way's turn. */
const TRIES = 2

/** `tried`: so far, in vain. `terms.draws`: as many as `waysToSource` takes. */
export function waysOf(
  source: MediaId,
  { ask }: Looked,
  tried: readonly Attempt[],
  around: Surroundings,
  terms: Omit<TechniqueTerms, 'costsMs'>,
): WaysPlan {
  const { isLinked, crowded } = ask
  const { places, hinted, memberOf } = around
  const asked = new Set(tried.map(({ reflector }) => Number(reflector)))
  const own = new Map(terms.own)
  for (const technique of TECHNIQUES) {
    const tally = own.get(technique) ?? NO_TALLY
    const inVain = tried.filter((one) => one.technique === technique).length
    if (inVain > 0 && inVain + tally.failedInRow >= TRIES) own.set(technique, { ...tally, restsUntilMs: Number.POSITIVE_INFINITY })
  }
  const order = ask.order.filter((id) => !asked.has(id))
  const planned = ask.planned === undefined || asked.has(ask.planned) ? undefined : String(ask.planned)
  const rests = isResting(own.get('turn') ?? NO_TALLY, terms.nowMs) || asked.has(source)
  const ways = {
    order: order.map(String),
    onLease: new Set(onLeaseIn(places).map(String)),
    hinted: new Set(order.filter((id) => hinted.has(id) && !crowded.has(id)).map(String)),
    list: places.list.filter((id) => !crowded.has(id)).map(String),
    planned,
    byServer: isLinked && !rests && memberOf(source)?.isByServer === true ? String(source) : undefined,
    goesOn: ask.goesOn,
    rttOf: (id: string) => memberOf(Number(id))?.rttMs,
  }
  return waysToSource(ways, { ...terms, own })
}

/** What a book says of a member, beside the link to it. Without a name of the network or of the member it says nothing. */
export function memberSeen(
  book: ProfileBook,
  names: { readonly network: string | undefined; readonly device: string | undefined; readonly passing: string | undefined },
  link: Omit<Member, 'isBlocked'>,
  nowMs: number,
): Member {
  const { network } = names
  if (network === undefined) return { ...link, isBlocked: false }
  const known = [names.device, names.passing].filter((name) => name !== undefined)
  const before = names.device === undefined ? undefined : reachOf(book, network, names.device)
  const remembered = before === undefined || before.tally.successes === 0 ? undefined : before.rttMs
  return { ...link, rttMs: link.rttMs ?? remembered, isBlocked: known.some((name) => isBlocked(book, network, name, nowMs)) }
}

function candidatesOf(among: readonly MediaId[], { places, memberOf }: Surroundings): readonly Candidate[] {
  const told = new Map(
    places.points.flatMap(({ isInside, reflectors }) =>
      reflectors.map(([id, busy]) => {
        return [id, { onlyIn: isInside ? HERE : undefined, busy }] as const
      }),
    ),
  )
  return among.flatMap((id) => {
    const member = memberOf(id)
    if (member === undefined) return []
    const { isLinked, isBlocked: isLeft, rttMs, composes } = member
    const { onlyIn, busy } = told.get(id) ?? { onlyIn: undefined, busy: 0 }
    const load = { reflect: busy, composite: composes }
    return [{ id: String(id), isOnLease: true, onlyIn, load, units: PERCENT, isLinked, isBlocked: isLeft, rttMs }]
  })
}

function onLeaseIn({ points }: MeetingPlaces): readonly MediaId[] {
  return points.flatMap(({ reflectors }) => reflectors.map(([id]) => id))
}
