/** Planted bugs of the balancer: each replaces one of its decisions by one that a tired person could have written. */
import type { Member, Surroundings } from '../../../src/core/balance/look-at-source.ts'
import type { MediaId } from '../../../src/protocol/media.ts'
import type { Plant } from '../plants.ts'
import { BALANCE_BRAIN } from './balance-brain.ts'
import { balanceCrowd } from './balance-crowd.ts'

const { places, placesFor, seen, look, ways, climbs, note } = BALANCE_BRAIN

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
    bug: { ways: (source, looked, tried, around, terms) => ways(source, looked, tried, around, { ...terms, own: new Map() }) },
  },
  {
    name: 'who passed nothing on is asked again',
    scenario: balanceCrowd,
    bug: { seen: (book, names, link, nowMs) => ({ ...seen(book, names, link, nowMs), isBlocked: false }) },
  },
  {
    name: 'who passes nothing on, by its own word, is told of to nobody',
    scenario: balanceCrowd,
    bug: { placesFor: (self, found, isPlanned, turn) => ({ ...placesFor(self, found, isPlanned, turn), closed: [] }) },
  },
  {
    name: 'a micro-POP is for everybody',
    scenario: balanceCrowd,
    bug: {
      places(round) {
        const found = places(round)
        return { ...found, pops: found.pops.map((pop) => ({ ...pop, onlyIn: undefined })) }
      },
    },
  },
  {
    name: 'load comes before latency',
    scenario: balanceCrowd,
    bug: {
      look: (source, around) =>
        look(
          source,
          withRtts(around, () => 1),
        ),
    },
  },
  {
    name: 'the farthest is the nearest',
    scenario: balanceCrowd,
    bug: {
      look: (source, around) =>
        look(
          source,
          withRtts(around, (rttMs) => 200 - Math.min(199, rttMs)),
        ),
    },
  },
  {
    name: 'a link is not asked for',
    scenario: balanceCrowd,
    bug: { look: (source, around) => look(source, withEverybody(around)) },
  },
  {
    name: 'a line that is full is as good as another',
    scenario: balanceCrowd,
    bug: {
      placesFor(self, found, isPlanned, turn) {
        const told = placesFor(self, found, isPlanned, turn)
        const points = told.points.map((point) => ({ ...point, reflectors: point.reflectors.map(([id]): [MediaId, number] => [id, 0]) }))
        return { ...told, points }
      },
    },
  },
  {
    name: 'a way on which nothing comes is not left',
    scenario: balanceCrowd,
    bug: {
      climbs: (state, event, nowMs) => climbs(state, event.kind === 'tick' ? { kind: 'shows', source: 0, from: undefined } : event, nowMs),
    },
  },
  {
    name: 'who has no way at all asks as few as others do',
    scenario: balanceCrowd,
    bug: {
      look(source, around) {
        const looked = look(source, around)
        return looked && { ...looked, ask: { ...looked.ask, goesOn: false } }
      },
    },
  },
]

function withRtts(around: Surroundings, rttOf: (rttMs: number) => number): Surroundings {
  const memberOf = (id: MediaId) => {
    const member = around.memberOf(id)
    return member?.rttMs === undefined ? member : { ...member, rttMs: rttOf(member.rttMs) }
  }
  return { ...around, memberOf }
}

const UNKNOWN: Member = { isLinked: true, isByServer: false, rttMs: undefined, isBlocked: false, composes: 0 }

function withEverybody(around: Surroundings): Surroundings {
  const direct = new Set([...around.reach.direct, ...around.reach.sees.keys()])
  return { ...around, reach: { ...around.reach, direct }, memberOf: (id) => around.memberOf(id) ?? UNKNOWN }
}
