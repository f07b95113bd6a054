/**
 * What a device has learned: how well each technique works for each kind of client, which reflectors each network
 * reaches, and which carrier does there. Entries come in with what happened and go when they are the oldest of too many.
 */
import type { Technique } from '../../protocol/balance.ts'
import {
  BLOCKED_MAX_MS,
  BLOCKED_MS,
  CARRIER_ROWS,
  CLIENT_PROFILES,
  REACH_ROWS,
  TECHNIQUE_REST_MAX_MS,
  TECHNIQUE_REST_MS,
} from '../../protocol/limits.ts'
import type { Carrier } from '../../protocol/media-worker.ts'
import type { Tallies } from './choose-technique.ts'
import { type ClientProfile, profilesOf } from './client-profile.ts'
import { fade, isResting, NO_TALLY, noteOutcome, type Outcome, type Rest, type Tally } from './tally.ts'

/** How a reflector is reached from a network. */
export type Reach = { readonly tally: Tally; readonly rttMs: number; readonly path: 'direct' | 'relayed' | 'unknown' }

export type ProfileBook = {
  /** By profile, and class. */
  readonly clients: ReadonlyMap<string, Tallies>
  /** By `reachKey`. */
  readonly reaches: ReadonlyMap<string, Reach>
  /** By network. */
  readonly carriers: ReadonlyMap<string, ReadonlyMap<Carrier, Tally>>
}

export type BookNews =
  | { readonly kind: 'technique'; readonly client: ClientProfile; readonly technique: Technique; readonly outcome: Outcome }
  | {
      readonly kind: 'reached'
      readonly network: string
      readonly reflector: string
      readonly rttMs: number
      readonly path: Reach['path']
      readonly dialMs: number
    }
  | { readonly kind: 'not-reached'; readonly network: string; readonly reflector: string }
  | { readonly kind: 'carrier'; readonly network: string; readonly carrier: Carrier; readonly outcome: Outcome }

export const EMPTY_BOOK: ProfileBook = { clients: new Map(), reaches: new Map(), carriers: new Map() }

const TECHNIQUE_REST: Rest = { firstMs: TECHNIQUE_REST_MS, maxMs: TECHNIQUE_REST_MAX_MS }
const BLOCK: Rest = { firstMs: BLOCKED_MS, maxMs: BLOCKED_MAX_MS }

/** Of each new round trip this much. */
const NEWEST = 0.4

/** A channel that failed in more than half of so many tries is not begun with. */
const CARRIER_TRIES = 1.5

export function noteInBook(book: ProfileBook, news: BookNews, nowMs: number): ProfileBook {
  switch (news.kind) {
    case 'technique': {
      const clients = new Map(book.clients)
      for (const id of profilesOf(news.client)) {
        const row = clients.get(id) ?? new Map()
        const tally = noteOutcome(row.get(news.technique) ?? NO_TALLY, news.outcome, TECHNIQUE_REST, nowMs)
        clients.set(id, new Map(row).set(news.technique, tally))
      }
      return { ...book, clients: newest(clients, CLIENT_PROFILES, latestOf) }
    }
    case 'reached':
    case 'not-reached':
      return { ...book, reaches: newest(new Map(book.reaches).set(reachKey(news), reachAfter(book, news, nowMs)), REACH_ROWS, atOf) }
    case 'carrier': {
      const row = book.carriers.get(news.network) ?? new Map<Carrier, Tally>()
      const tally = noteOutcome(row.get(news.carrier) ?? NO_TALLY, news.outcome, TECHNIQUE_REST, nowMs)
      const carriers = new Map(book.carriers).set(news.network, new Map(row).set(news.carrier, tally))
      return { ...book, carriers: newest(carriers, CARRIER_ROWS, latestOf) }
    }
    default:
      return news satisfies never
  }
}

/**
 * What an outcome says: of the technique, and of who was asked (`passing`: its name as one who passes on, which has a row of its own, since
 * that a link to it stands says nothing of that). A server that fails says nothing of whom it leads to.
 */
export function newsOfWay(
  book: ProfileBook,
  way: {
    readonly client: ClientProfile
    readonly technique: Technique
    readonly network: string | undefined
    readonly passing: string | undefined
  },
  outcome: Outcome,
): readonly BookNews[] {
  const { client, technique, network, passing } = way
  const ofTechnique: BookNews = { kind: 'technique', client, technique, outcome }
  if (network === undefined || passing === undefined || technique === 'turn') return [ofTechnique]
  if (outcome.kind !== 'worked') return [ofTechnique, { kind: 'not-reached', network, reflector: passing }]
  if (reachOf(book, network, passing) === undefined) return [ofTechnique]
  return [ofTechnique, { kind: 'reached', network, reflector: passing, rttMs: 0, path: 'unknown', dialMs: outcome.mediaMs }]
}

/** Of two tabs' books, row by row what was seen last. */
export function mergeBooks(a: ProfileBook, b: ProfileBook): ProfileBook {
  const rows = <K, T>(of: ReadonlyMap<K, T>, other: ReadonlyMap<K, T>, newer: (one: T, two: T) => T): Map<K, T> => {
    const merged = new Map(of)
    for (const [key, row] of other) {
      const mine = merged.get(key)
      merged.set(key, mine === undefined ? row : newer(mine, row))
    }
    return merged
  }
  const later = (one: Tally, two: Tally) => (two.atMs > one.atMs ? two : one)
  const inside = <K>(one: ReadonlyMap<K, Tally>, two: ReadonlyMap<K, Tally>) => rows(one, two, later)
  return {
    clients: newest(rows(a.clients, b.clients, inside), CLIENT_PROFILES, latestOf),
    reaches: newest(
      rows(a.reaches, b.reaches, (one, two) => (two.tally.atMs > one.tally.atMs ? two : one)),
      REACH_ROWS,
      atOf,
    ),
    carriers: newest(rows(a.carriers, b.carriers, inside), CARRIER_ROWS, latestOf),
  }
}

/** The rows of this client; where it has tried nothing, others of its class stand in. */
export function talliesOf(book: ProfileBook, client: ClientProfile): Tallies {
  const merged = new Map<Technique, Tally>()
  for (const id of profilesOf(client))
    for (const [technique, tally] of book.clients.get(id) ?? []) if (!merged.has(technique)) merged.set(technique, tally)
  return merged
}

export function reachOf(book: ProfileBook, network: string, reflector: string): Reach | undefined {
  return book.reaches.get(reachKey({ network, reflector }))
}

/** It failed, and is not offered to this network until that is over. */
export function isBlocked(book: ProfileBook, network: string, reflector: string, nowMs: number): boolean {
  return isResting(reachOf(book, network, reflector)?.tally ?? NO_TALLY, nowMs)
}

/** With which carrier a hop begins in this network: the channel, unless it failed more often than not. */
export function firstCarrier(book: ProfileBook, network: string, nowMs: number): Carrier {
  const channel = fade(book.carriers.get(network)?.get('channel') ?? NO_TALLY, nowMs)
  return channel.tries >= CARRIER_TRIES && channel.successes < channel.tries / 2 ? 'pipe' : 'channel'
}

/** A block needs no second failure: to dial in vain takes seconds. Who was just reached well may try once more. */
function reachAfter(book: ProfileBook, news: Extract<BookNews, { kind: 'reached' | 'not-reached' }>, nowMs: number): Reach {
  const before = reachOf(book, news.network, news.reflector) ?? { tally: NO_TALLY, rttMs: 0, path: 'unknown' }
  if (news.kind === 'reached') {
    const tally = noteOutcome(before.tally, { kind: 'worked', mediaMs: news.dialMs }, BLOCK, nowMs)
    const rttMs = before.tally.successes === 0 ? news.rttMs : before.rttMs + NEWEST * (news.rttMs - before.rttMs)
    return { tally, rttMs, path: news.path }
  }
  const tally = noteOutcome(before.tally, { kind: 'failed' }, BLOCK, nowMs)
  const restsUntilMs = Math.max(tally.restsUntilMs, nowMs + BLOCK.firstMs)
  return { ...before, tally: { ...tally, restsUntilMs } }
}

export function reachKey({ network, reflector }: { readonly network: string; readonly reflector: string }): string {
  return `${network} ${reflector}`
}

function atOf({ tally }: Reach): number {
  return tally.atMs
}

function latestOf(row: ReadonlyMap<string, Tally>): number {
  return Math.max(0, ...[...row.values()].map(({ atMs }) => atMs))
}

function newest<T>(rows: ReadonlyMap<string, T>, bound: number, atMs: (row: T) => number): ReadonlyMap<string, T> {
  if (rows.size <= bound) return rows
  return new Map([...rows].toSorted(([, a], [, b]) => atMs(b) - atMs(a)).slice(0, bound))
}
