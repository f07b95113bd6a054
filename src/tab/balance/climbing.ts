/**
 * Carries out the ladders of this tab: asks who may pass on what cannot or should not be taken straight, in the ways that its book
 * and what the conductor told choose, and writes into the book what came of each.
 */
import { carriersOf, plannedParent, waysRound } from '../../core/balance/ask-forwarders.ts'
import {
  type Ask,
  askedFor,
  type ClimbEvent,
  type ClimbWord,
  dueSources,
  NO_CLIMBS,
  stepClimbs,
} from '../../core/balance/climb-to-source.ts'
import { explainWay } from '../../core/balance/explain-pick.ts'
import { type Candidate, orderReflectors, type Pick } from '../../core/balance/metrics.ts'
import { candidateOf } from '../../core/balance/offer-reflectors.ts'
import { isResting, NO_TALLY } from '../../core/balance/tally.ts'
import { DRAWS, type WaysPlan, waysToSource } from '../../core/balance/ways-to-source.ts'
import type { Around } from '../../ports/balance.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Links } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { BRIDGES_LOOKED_AT } from '../../protocol/limits.ts'
import { type MediaId, mediaIdOf } from '../../protocol/media.ts'
import { isVoice, type Want } from '../../protocol/media-worker.ts'
import type { MeetingPlaces } from '../../protocol/meeting.ts'
import { type HomeMark, homeMark } from '../../protocol/room-link.ts'
import type { DeviceBook } from './device-book.ts'

export type ClimbingParts = {
  readonly book: DeviceBook
  readonly links: Links
  readonly clock: Clock
  readonly random: (bytes: number) => Bytes
  /** Whom the link that was followed names. */
  readonly homes: readonly HomeMark[]
}

type Looked = { readonly ask: Ask; readonly picks: readonly Pick[] }
type Found = WaysPlan & { readonly picks: readonly Pick[] }

/** How much those who are told of by nobody can do is not known. */
const UNTOLD = { load: { reflect: 0, composite: 0, turn: 0 }, units: Number.POSITIVE_INFINITY }
const PERCENT = 100
const NOBODY: Looked = { ask: { order: [], planned: undefined, isLinked: false }, picks: [] }
const NOWHERE: MeetingPlaces = { t: 'places', points: [], full: [], closed: [], isPlanned: true, list: [] }

export class Climbing {
  readonly #parts: ClimbingParts
  #climbs = NO_CLIMBS
  /** Of those that began just now: the first that is asked says why it is. */
  #found: ReadonlyMap<MediaId, Found> = new Map()
  /** By whom each picture comes that is there. */
  readonly #shown = new Map<MediaId, MediaId>()

  constructor(parts: ClimbingParts) {
    this.#parts = parts
  }

  /** With all wants, whenever they are looked at. */
  follow(wants: readonly Want[], around: Around, places: MeetingPlaces = NOWHERE): void {
    // Only of a picture is seen whether it comes.
    const sources = new Set(wants.flatMap(({ source, layer, isShown }) => (isShown && !isVoice(layer) ? [source] : [])))
    for (const source of this.#shown.keys()) if (!sources.has(source)) this.#shown.delete(source)
    const looked = new Map([...sources].flatMap((source): [MediaId, Looked][] => this.#lookAt(source, around, places)))
    const asks = new Map([...looked].map(([source, { ask }]) => [source, ask]))
    const due = dueSources(this.#climbs, asks).flatMap((source) => {
      const { ask, picks } = looked.get(source) ?? NOBODY
      return [[source, this.#find(source, ask, picks, places)] as const]
    })
    this.#found = new Map(due)
    this.#step({ kind: 'sources', asks, attempts: new Map(due.map(([source, { attempts }]) => [source, attempts])), shown: this.#shown })
    this.#found = new Map()
  }

  /** Of these the ladder tells how ways do. */
  get sources(): ReadonlySet<MediaId> {
    return new Set(this.#climbs.keys())
  }

  forwardersFor(source: MediaId): readonly MediaId[] {
    return askedFor(this.#climbs, source)
  }

  /** Whether somebody else is to be asked now. */
  shows(source: MediaId, from: MediaId | undefined): boolean {
    if (from === undefined) this.#shown.delete(source)
    else this.#shown.set(source, from)
    return this.#step({ kind: 'shows', source, from })
  }

  /** The same. */
  tick(): boolean {
    return this.#step({ kind: 'tick' })
  }

  /** Nothing: it is taken straight, or as planned. */
  #lookAt(source: MediaId, { plan, self, reach }: Around, places: MeetingPlaces): [MediaId, Looked][] {
    const { book } = this.#parts
    const named = plannedParent(plan, self, source, reach)
    const isLinked = reach.direct.has(source)
    if (isLinked && named !== undefined) return []
    const planned = named !== undefined && book.takesRedirects && book.mayTakeFrom(named) ? named : undefined
    const isFull = isLinked && !places.isPlanned && places.full.includes(source)
    if (isLinked && !isFull && book.linkOf(source)?.path !== 'relayed') return []
    const among = isFull ? carriersOf(plan, self, source, reach) : waysRound(source, self, reach, named)
    const known = new Set([...reflectorsOf(places), ...places.list, ...this.#hinted()])
    const open = among.filter((id) => !places.closed.includes(id)).toSorted((a, b) => Number(known.has(b)) - Number(known.has(a)))
    const picks = orderReflectors(this.#candidates(open.slice(0, BRIDGES_LOOKED_AT), places), book.network ?? '', 'reflect')
    const order = picks.flatMap(({ picked }) => (picked === undefined ? [] : [Number(picked.id)]))
    return [[source, { ask: { order, planned, isLinked }, picks }]]
  }

  #find(source: MediaId, { order, planned, isLinked }: Ask, picks: readonly Pick[], places: MeetingPlaces): Found {
    const { book, random } = this.#parts
    const { tallies: own, priors, nowMs } = book
    const rests = isResting(own.get('turn') ?? NO_TALLY, nowMs)
    const hinted = this.#hinted()
    const ways = {
      order: order.map(String),
      onLease: new Set(reflectorsOf(places).map(String)),
      hinted: new Set(order.filter((id) => hinted.has(id)).map(String)),
      list: places.list.map(String),
      planned: planned === undefined ? undefined : String(planned),
      byServer: isLinked && !rests && book.linkOf(source)?.path === 'relayed' ? String(source) : undefined,
      rttOf: (id: string) => book.linkOf(Number(id))?.rttMs,
    }
    const draws = [...random(DRAWS)].map((byte) => (byte + 0.5) / 256)
    return { ...waysToSource(ways, { own, priors, nowMs, draws }), picks }
  }

  #candidates(among: readonly MediaId[], { points }: MeetingPlaces): readonly Candidate[] {
    const { book } = this.#parts
    const network = book.network ?? ''
    const told = new Map(
      points.flatMap(({ isInside, reflectors }) =>
        reflectors.map(([id, busy]) => {
          const known = { onlyIn: isInside ? network : undefined, load: { ...UNTOLD.load, reflect: busy }, units: PERCENT }
          return [id, known] as const
        }),
      ),
    )
    return among.flatMap((id) => {
      const link = book.linkOf(id)
      if (link === undefined) return []
      const name = book.nameOf(link) ?? String(id)
      const reflector = { ...UNTOLD, onlyIn: undefined, ...told.get(id), id: name, isOnLease: true }
      const known = candidateOf(book.book, reflector, link.state === 'connected', network, book.nowMs)
      return [{ ...known, id: String(id), isBlocked: !book.mayTakeFrom(id), rttMs: link.rttMs ?? known.rttMs }]
    })
  }

  #hinted(): ReadonlySet<MediaId> {
    const { homes, links } = this.#parts
    const named = homes.length === 0 ? [] : links.all().filter(({ device }) => homes.includes(homeMark(device)))
    return new Set(named.map(({ peer }) => mediaIdOf(peer)))
  }

  #step(event: ClimbEvent): boolean {
    const { book, clock } = this.#parts
    const { next, notes, words, hasChanged } = stepClimbs(this.#climbs, event, clock.monotonicMs())
    this.#climbs = next
    for (const { attempt, outcome } of notes) book.noteTechnique(attempt.technique, Number(attempt.reflector), outcome)
    for (const word of words) this.#say(word)
    return hasChanged
  }

  #say(word: ClimbWord): void {
    const found = word.kind === 'asks' ? this.#found.get(word.source) : undefined
    const pick = word.kind === 'asks' ? found?.picks.find(({ picked }) => picked?.id === word.attempt.reflector) : undefined
    this.#parts.book.say('way', explainWay(word, found?.choice, pick))
  }
}

function reflectorsOf({ points }: MeetingPlaces): readonly MediaId[] {
  return points.flatMap(({ reflectors }) => reflectors.map(([id]) => id))
}
