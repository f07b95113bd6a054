import { expect, test } from 'vitest'
import { betaQuantile, betaShare } from '../../../../src/core/balance/beta.ts'
import { chooseTechnique, DEFAULT_TECHNIQUE, type Prior, type Tallies } from '../../../../src/core/balance/choose-technique.ts'
import { type Abilities, clientProfile, profilesOf } from '../../../../src/core/balance/client-profile.ts'
import {
  type BookNews,
  EMPTY_BOOK,
  firstCarrier,
  noteInBook,
  type ProfileBook,
  talliesOf,
} from '../../../../src/core/balance/profile-book.ts'
import { fade, isResting, NO_TALLY, noteOutcome } from '../../../../src/core/balance/tally.ts'
import { TECHNIQUES, type Technique } from '../../../../src/protocol/balance.ts'
import {
  BALANCE_HALF_LIFE_MS,
  CARRIER_ROWS,
  CLIENT_PROFILES,
  REACH_ROWS,
  TALLY_TRIES,
  TECHNIQUE_REST_MAX_MS,
  TECHNIQUE_REST_MS,
} from '../../../../src/protocol/limits.ts'
import { seededRandom } from '../../../sim/random.ts'

const ABLE: Abilities = {
  client: 'tab',
  engine: 'chromium',
  major: 156,
  codecs: ['VP8', 'opus'],
  encodedStreams: true,
  scriptTransform: true,
  channelInWorker: true,
  webCodecs: true,
}
const TAB = clientProfile(ABLE)
const REST = { firstMs: TECHNIQUE_REST_MS, maxMs: TECHNIQUE_REST_MAX_MS }
const NO_PRIORS: ReadonlyMap<Technique, Prior> = new Map()
const EVEN = [0.5, 0.5, 0.5, 0.5, 0.5]

const worked = (technique: Technique): BookNews => ({
  kind: 'technique',
  client: TAB,
  technique,
  outcome: { kind: 'worked', mediaMs: 300 },
})
const failed = (technique: Technique): BookNews => ({ kind: 'technique', client: TAB, technique, outcome: { kind: 'failed' } })
const after = (news: readonly BookNews[], nowMs = 0) => news.reduce<ProfileBook>((book, each) => noteInBook(book, each, nowMs), EMPTY_BOOK)
const choose = (own: Tallies, nowMs = 0, draws = EVEN, priors = NO_PRIORS) => chooseTechnique(TECHNIQUES, { own, priors, nowMs, draws })

test('[BALANCE-1] equal abilities are one profile, and an unknown one learns from its class', () => {
  expect(clientProfile({ ...ABLE, codecs: ['OPUS', 'vp8', 'VP8'] })).toEqual(TAB)
  expect(clientProfile({ ...ABLE, webCodecs: false }).id).not.toBe(TAB.id)
  expect(clientProfile({ ...ABLE, major: 157 }).id).not.toBe(TAB.id)
  expect(profilesOf(TAB)).toEqual([TAB.id, 'class-tab'])

  const book = after([worked('redirect'), worked('redirect')])
  const newer = talliesOf(book, clientProfile({ ...ABLE, major: 157 }))
  expect(newer.get('redirect')).toMatchObject({ tries: 2, successes: 2 })
  expect(talliesOf(book, clientProfile({ ...ABLE, client: 'widget' })).size).toBe(0)
})

test('[BALANCE-2] who is unknown is proxied, and by what else there is when nobody can proxy', () => {
  expect(choose(new Map())).toMatchObject({ technique: DEFAULT_TECHNIQUE, because: 'default' })
  expect(DEFAULT_TECHNIQUE).toBe('proxy')
  const terms = { own: new Map(), priors: NO_PRIORS, nowMs: 0, draws: EVEN }
  expect(chooseTechnique(['redirect', 'list'], terms).technique).toBe('redirect')
  expect(chooseTechnique([], terms).technique).toBeUndefined()
})

test('[BALANCE-3] what failed rests, longer each time, and is tried once after that', () => {
  const once = noteOutcome(NO_TALLY, { kind: 'failed' }, REST, 1_000)
  expect(once.restsUntilMs).toBe(1_000 + TECHNIQUE_REST_MS)
  expect([isResting(once, 1_000 + TECHNIQUE_REST_MS - 1), isResting(once, 1_000 + TECHNIQUE_REST_MS)]).toEqual([true, false])
  const twice = noteOutcome(once, { kind: 'failed' }, REST, 1_000)
  expect(twice.restsUntilMs).toBe(1_000 + 2 * TECHNIQUE_REST_MS)
  const often = Array.from({ length: 60 }).reduce<typeof once>((tally) => noteOutcome(tally, { kind: 'failed' }, REST, 1_000), once)
  expect(often.restsUntilMs).toBe(1_000 + TECHNIQUE_REST_MAX_MS)
  expect(noteOutcome(often, { kind: 'worked', mediaMs: 10 }, REST, 2_000)).toMatchObject({ restsUntilMs: 0, failedInRow: 0 })
})

test('[BALANCE-3] one failure among many successes changes nothing, two in a row do', () => {
  const good = after(Array.from({ length: 10 }, () => worked('redirect')))
  const slip = noteInBook(good, failed('redirect'), 0)
  expect(choose(talliesOf(slip, TAB))).toMatchObject({ technique: 'redirect', resting: [] })
  const broken = noteInBook(slip, failed('redirect'), 0)
  expect(choose(talliesOf(broken, TAB)).resting).toEqual(['redirect'])
  expect(choose(talliesOf(broken, TAB)).technique).not.toBe('redirect')
})

test('[BALANCE-3] when everything rests the default is tried all the same', () => {
  const own = talliesOf(after(TECHNIQUES.map(failed)), TAB)
  expect(choose(own)).toMatchObject({ technique: 'proxy', because: 'all-rest', resting: TECHNIQUES })
  const terms = { own, priors: NO_PRIORS, nowMs: 0, draws: EVEN }
  expect(chooseTechnique(['redirect', 'list'], terms)).toMatchObject({ technique: undefined, because: 'all-rest' })
})

test('[BALANCE-4] same book, same draws, same choice; what works more often is chosen more often', () => {
  const history = [...Array.from({ length: 9 }, () => worked('redirect')), worked('proxy'), failed('turn'), worked('turn')]
  const own = talliesOf(after(history), TAB)
  const random = seededRandom(4)
  const draws = Array.from({ length: 600 }, () => TECHNIQUES.map(() => random.next()))
  const chosen = draws.map((each) => choose(own, 0, each).technique)
  expect(draws.map((each) => choose(own, 0, each).technique)).toEqual(chosen)
  const count = (technique: Technique) => chosen.filter((each) => each === technique).length
  expect(count('redirect')).toBeGreaterThan(300)
  expect(count('redirect')).toBeGreaterThan(3 * count('proxy'))
  // Never seen, so tried now and then.
  expect(count('list')).toBeGreaterThan(0)
})

test('[BALANCE-4] the quantile gives back the share below it, and known values', () => {
  expect(betaQuantile(0.3, 1, 1)).toBeCloseTo(0.3, 9)
  expect(betaQuantile(0.5, 2, 1)).toBeCloseTo(Math.SQRT1_2, 9)
  expect(betaShare(0.25, 1, 3)).toBeCloseTo(1 - 0.75 ** 3, 9)
  const random = seededRandom(1)
  for (let n = 0; n < 200; n++) {
    const [p, a, b] = [random.next(), 0.5 + 200 * random.next(), 0.5 + 200 * random.next()]
    expect(betaShare(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 6)
  }
})

test('[BALANCE-5] counts halve, and stay within their bound', () => {
  const tally = { ...NO_TALLY, tries: 8, successes: 6, stalls: 2, atMs: 1_000 }
  expect(fade(tally, 1_000 + BALANCE_HALF_LIFE_MS)).toMatchObject({ tries: 4, successes: 3, stalls: 1 })
  expect(fade(tally, 0)).toMatchObject({ tries: 8, successes: 6 })
  let busy = NO_TALLY
  for (let n = 0; n < 1_000; n++) busy = noteOutcome(busy, { kind: 'worked', mediaMs: 100 }, REST, 0)
  expect(busy.tries).toBeCloseTo(TALLY_TRIES, 6)
})

test('[BALANCE-5] times to media follow the latest, and stalls are counted apart', () => {
  const slow = noteOutcome(NO_TALLY, { kind: 'worked', mediaMs: 1_000 }, REST, 0)
  const quick = noteOutcome(slow, { kind: 'worked', mediaMs: 200 }, REST, 0)
  expect([slow.mediaMs, Math.round(quick.mediaMs)]).toEqual([1_000, 760])
  expect(noteOutcome(quick, { kind: 'stalled' }, REST, 0)).toMatchObject({ stalls: 1, tries: 2, successes: 2 })
})

test('[BALANCE-6] what a thousand others found is outvoted by a few own tries', () => {
  const priors = new Map<Technique, Prior>([
    ['redirect', { succeeded: 1_000, failed: 0 }],
    ['proxy', { succeeded: 10, failed: 990 }],
  ])
  expect(choose(new Map(), 0, EVEN, priors)).toMatchObject({ technique: 'redirect', because: 'drawn' })
  const own = talliesOf(
    after([...Array.from({ length: 60 }, () => failed('redirect')), ...Array.from({ length: 60 }, () => worked('proxy'))]),
    TAB,
  )
  const pair = { own, priors, nowMs: 30 * 24 * 60 * 60_000, draws: EVEN }
  expect(isResting(own.get('redirect') ?? NO_TALLY, pair.nowMs)).toBe(false)
  expect(chooseTechnique(['redirect', 'proxy'], { ...pair, nowMs: TECHNIQUE_REST_MAX_MS }).technique).toBe('proxy')
})

test('[BALANCE-17] a book is bounded, and forgets first what it heard of longest ago', () => {
  let book = EMPTY_BOOK
  for (let n = 0; n < REACH_ROWS + 50; n++)
    book = noteInBook(book, { kind: 'reached', network: 'n', reflector: `r${n}`, rttMs: 9, path: 'direct', dialMs: 100 }, n)
  for (let n = 0; n < CARRIER_ROWS + 9; n++)
    book = noteInBook(book, { kind: 'carrier', network: `n${n}`, carrier: 'channel', outcome: { kind: 'worked', mediaMs: 0 } }, n)
  for (let n = 0; n < CLIENT_PROFILES + 9; n++)
    book = noteInBook(book, { ...worked('redirect'), client: clientProfile({ ...ABLE, major: n }) } as BookNews, n)
  expect([book.reaches.size, book.carriers.size, book.clients.size]).toEqual([REACH_ROWS, CARRIER_ROWS, CLIENT_PROFILES])
  expect([book.reaches.has('n r49'), book.reaches.has('n r50')]).toEqual([false, true])
  expect(book.clients.has('class-tab')).toBe(true)
})

test('[BALANCE-18] a hop begins with the pipe where the channel failed more often than not', () => {
  const carrier = (outcome: 'worked' | 'failed', network = 'n'): BookNews => ({
    kind: 'carrier',
    network,
    carrier: 'channel',
    outcome: outcome === 'worked' ? { kind: 'worked', mediaMs: 0 } : { kind: 'failed' },
  })
  expect(firstCarrier(EMPTY_BOOK, 'n', 0)).toBe('channel')
  expect(firstCarrier(after([carrier('failed')]), 'n', 0)).toBe('channel')
  const bad = after([carrier('failed'), carrier('failed')])
  expect([firstCarrier(bad, 'n', 0), firstCarrier(bad, 'm', 0)]).toEqual(['pipe', 'channel'])
  expect(firstCarrier(after([carrier('failed'), carrier('failed'), carrier('worked'), carrier('worked')]), 'n', 0)).toBe('channel')
  // Believed again after a while.
  expect(firstCarrier(bad, 'n', 2 * BALANCE_HALF_LIFE_MS)).toBe('channel')
})
