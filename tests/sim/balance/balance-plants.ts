/** Planted bugs of the balancer: each replaces one of its decisions by one that a tired person could have written. */
import type { Candidate } from '../../../src/core/balance/metrics.ts'
import { EMPTY_BOOK } from '../../../src/core/balance/profile-book.ts'
import type { Plant } from '../plants.ts'
import { BALANCE_BRAIN } from './balance-brain.ts'
import { balanceCrowd } from './balance-crowd.ts'

const { technique, attempts, ladder, pick, offer, list, note } = BALANCE_BRAIN

export const BALANCE_PLANTS: readonly Plant[] = [
  {
    name: 'what failed does not rest',
    scenario: balanceCrowd,
    bug: {
      note: (book, news, nowMs) => {
        const next = note(book, news, nowMs)
        if (news.kind !== 'technique') return next
        const awake = [...next.clients].map(
          ([id, row]) => [id, new Map([...row].map(([key, tally]) => [key, { ...tally, restsUntilMs: 0 }]))] as const,
        )
        return { ...next, clients: new Map(awake) }
      },
    },
  },
  {
    name: 'failures are not noted',
    scenario: balanceCrowd,
    bug: { note: (book, news, nowMs) => (news.kind === 'technique' && news.outcome.kind === 'failed' ? book : note(book, news, nowMs)) },
  },
  {
    name: 'a resting technique is chosen all the same',
    scenario: balanceCrowd,
    bug: {
      technique: (options, terms) => ({ ...technique(options, { ...terms, own: new Map() }), resting: [] }),
    },
  },
  {
    name: 'what is blocked is offered again',
    scenario: balanceCrowd,
    bug: { offer: (_, listed, network, nowMs, bound) => offer(EMPTY_BOOK, listed, network, nowMs, bound) },
  },
  {
    name: 'a micro-POP is for everybody',
    scenario: balanceCrowd,
    bug: {
      list: (pops, network, distanceOf, turn) =>
        list(
          pops.map((pop) => ({ ...pop, onlyIn: undefined })),
          network,
          distanceOf,
          turn,
        ),
      offer: (book, listed, _, nowMs, bound) =>
        listed.flatMap((one) => offer(book, [one], one.onlyIn ?? _, nowMs, bound)).slice(0, bound ?? 8),
    },
  },
  {
    name: 'load comes before latency',
    scenario: balanceCrowd,
    bug: {
      pick: (candidates, network, service) =>
        pick(
          candidates.map((one) => alike(one)),
          network,
          service,
        ),
    },
  },
  {
    name: 'a link is not asked for',
    scenario: balanceCrowd,
    bug: {
      pick: (candidates, network, service) =>
        pick(
          candidates.map((one) => ({ ...one, isLinked: true, isBlocked: false })),
          network,
          service,
        ),
    },
  },
  {
    name: 'the farthest is the nearest',
    scenario: balanceCrowd,
    bug: {
      pick: (candidates, network, service) =>
        pick(
          candidates.map((one) => ({ ...one, rttMs: one.rttMs && 100 - Math.min(99, one.rttMs), units: 1e9 })),
          network,
          service,
        ),
    },
  },
  {
    name: 'everything goes through the one it has',
    scenario: balanceCrowd,
    bug: { attempts: (ways) => attempts(ways).filter(({ technique: by }) => by === 'proxy'), upgrade: () => [] },
  },
  {
    name: 'a ladder that failed ends nowhere',
    scenario: balanceCrowd,
    bug: {
      ladder(state, event, nowMs) {
        const { next, effects } = ladder(state, event, nowMs)
        return { next, effects: effects.filter(({ kind }) => kind !== 'stay') }
      },
    },
  },
]

function alike(one: Candidate): Candidate {
  return { ...one, rttMs: one.rttMs === undefined ? undefined : 1 }
}
