/**
 * Carries out the ladders of this tab: asks who may pass on what cannot or should not be taken straight, in the ways that its book
 * and what the conductor told choose, and writes into the book what came of each.
 */
import type { TechniqueTerms } from '../../core/balance/choose-technique.ts'
import { askedFor, type ClimbEvent, type ClimbWord, dueSources, NO_CLIMBS, stepClimbs } from '../../core/balance/climb-to-source.ts'
import { explainWay } from '../../core/balance/explain-pick.ts'
import { type Looked, lookAtSource, NOWHERE, type Surroundings, waysOf } from '../../core/balance/look-at-source.ts'
import type { Pick } from '../../core/balance/metrics.ts'
import { DRAWS, type WaysPlan } from '../../core/balance/ways-to-source.ts'
import type { Around } from '../../ports/balance.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Links } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
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

type Found = WaysPlan & { readonly picks: readonly Pick[] }

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
    const surroundings = this.#surroundings(around, places)
    const looked = new Map(
      [...sources].flatMap((source): [MediaId, Looked][] => {
        const one = lookAtSource(source, surroundings)
        return one === undefined ? [] : [[source, one]]
      }),
    )
    const asks = new Map([...looked].map(([source, { ask }]) => [source, ask]))
    const due = [...dueSources(this.#climbs, asks)].flatMap(([source, tried]): [MediaId, Found][] => {
      const one = looked.get(source)
      return one === undefined ? [] : [[source, { ...waysOf(source, one, tried, surroundings, this.#terms()), picks: one.picks }]]
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

  #surroundings({ plan, self, reach }: Around, places: MeetingPlaces): Surroundings {
    const { book } = this.#parts
    const { takesRedirects } = book
    return { plan, self, reach, places, hinted: this.#hinted(), takesRedirects, memberOf: (id) => book.memberOf(id) }
  }

  #terms(): Omit<TechniqueTerms, 'costsMs'> {
    const { book, random } = this.#parts
    const { tallies: own, priors, nowMs } = book
    return { own, priors, nowMs, draws: [...random(DRAWS)].map((byte) => (byte + 0.5) / 256) }
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
