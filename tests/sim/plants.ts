/**
 * Planted bugs: each replaces one decision of the core by one that a tired person could have written, and names the
 * scenario that must find it. A simulator that lets one through does not look where it says it looks.
 */
import type { HelloEffect } from '../../src/core/room/hello.ts'
import type { ReachEffect } from '../../src/core/room/reach.ts'
import type { RowCopy } from '../../src/core/storage/plan-facts.ts'
import type { TabId } from '../../src/protocol/ids.ts'
import { BALANCE_PLANTS } from './balance/balance-plants.ts'
import { type Brain, SOUND_BRAIN } from './brain.ts'
import { MEETING_PLANTS } from './meeting/meeting-plants.ts'
import { runScenario, type Scenario } from './scenario.ts'
import { glare } from './scenarios/glare.ts'
import { helloHostile } from './scenarios/hello-hostile.ts'
import { joinStorm } from './scenarios/join-storm.ts'
import { partitionAndHeal } from './scenarios/partition-and-heal.ts'
import { rowsWithCrashes } from './scenarios/rows-with-crashes.ts'

export type Plant = { readonly name: string; readonly scenario: Scenario; readonly bug: Partial<Brain> }

const { reach, hello, membership, negotiation, fetch, receive, serve, ownRows, plan } = SOUND_BRAIN

export const PLANTS: readonly Plant[] = [
  {
    name: 'both sides dial at once',
    scenario: joinStorm,
    bug: {
      reach(state, event, at) {
        const { next, effects } = reach(
          { ...state, self: '' as TabId },
          event.kind === 'peer-listed' ? { ...event, isNew: false } : event,
          at,
        )
        return { next: { ...next, self: state.self }, effects }
      },
    },
  },
  {
    name: 'dials are not bounded',
    scenario: joinStorm,
    bug: {
      reach(state, event, at) {
        const { next, effects } = reach(state, event, at)
        const known = event.kind === 'peer-listed' ? next.tabs.get(event.tab) : undefined
        if (known?.link.kind !== 'apart' || state.self > known.tab) return { next, effects }
        const via = { kind: 'relay' } as const
        const dial: ReachEffect = { kind: 'dial', tab: known.tab, via, timeoutMs: 5_000 }
        const link = { kind: 'dialing', via, sinceMs: at.nowMs, untilMs: at.nowMs + 5_000 } as const
        return { next: { ...next, tabs: new Map(next.tabs).set(known.tab, { ...known, link }) }, effects: [...effects, dial] }
      },
    },
  },
  {
    name: 'no tab is dialed through another',
    scenario: partitionAndHeal,
    bug: {
      reach(state, event, at) {
        const { next, effects } = reach(state, event, at)
        return { next, effects: effects.filter((effect) => effect.kind !== 'dial' || effect.via.kind !== 'carrier') }
      },
    },
  },
  {
    name: 'nobody is asked to carry',
    scenario: partitionAndHeal,
    bug: {
      reach(state, event, at) {
        const { next, effects } = reach(state, event, at)
        return { next, effects: effects.filter(({ kind }) => kind !== 'reserve') }
      },
    },
  },
  {
    name: 'a lost relay is not dialed again',
    scenario: partitionAndHeal,
    bug: { reach: (state, event, at) => reach(state, event.kind === 'relay-lost' ? { kind: 'tick' } : event, at) },
  },
  {
    name: 'roles follow the order of arrival',
    scenario: partitionAndHeal,
    bug: {
      membership(state, arrived, isFounder) {
        const addition = membership(state, arrived, isFounder)
        return { ...addition, next: { ...addition.next, members: new Map([...addition.next.members, ...state.members]) } }
      },
    },
  },
  {
    name: 'signatures of entries are not checked',
    scenario: helloHostile,
    bug: {
      membership: (state, arrived, isFounder) =>
        membership(
          state,
          arrived.map((entry) => ({ ...entry, signaturesValid: true })),
          isFounder,
        ),
    },
  },
  {
    name: 'a wrong proof is taken',
    scenario: helloHostile,
    bug: { hello: (state, event) => hello(state, event.kind === 'proof-checked' ? { ...event, ok: true } : event) },
  },
  {
    name: 'the log is told before the proof',
    scenario: helloHostile,
    bug: {
      hello(state, event) {
        const { next, effects } = hello(state, event)
        const early: HelloEffect[] = event.kind === 'proof-made' ? [{ kind: 'send-entries' }] : []
        return { next, effects: [...effects, ...early] }
      },
    },
  },
  {
    name: 'both sides are told the same about versions',
    scenario: helloHostile,
    bug: {
      hello(state, event) {
        const { next, effects } = hello(state, event)
        return { next, effects: effects.map((effect) => (effect.kind === 'refused' ? { ...effect, reason: 'wire-newer' } : effect)) }
      },
    },
  },
  {
    name: 'the polite side ignores colliding offers too',
    scenario: glare,
    bug: {
      negotiation: (state, event) =>
        event.kind === 'offer-received' && state.phase === 'offering' ? { next: state, effects: [] } : negotiation(state, event),
    },
  },
  {
    name: 'the impolite side yields too',
    scenario: glare,
    bug: {
      negotiation(state, event) {
        const { next, effects } = negotiation({ ...state, role: 'polite' }, event)
        return { next: { ...next, role: state.role }, effects }
      },
    },
  },
  {
    name: 'an unanswered offer is not sent again',
    scenario: glare,
    bug: {
      negotiation(state, event) {
        const { next, effects } = negotiation(state, event)
        return { next, effects: effects.filter(({ kind }) => kind !== 'resend') }
      },
    },
  },
  {
    name: 'a row is announced before it is stored',
    scenario: rowsWithCrashes,
    bug: {
      fetch(state, event, nowMs) {
        const first = fetch(state, event, nowMs)
        if (event.kind !== 'arrived') return first
        const second = fetch(first.next, { kind: 'stored', ids: [event.id] }, nowMs)
        return { next: second.next, effects: [...first.effects, ...second.effects] }
      },
    },
  },
  {
    name: 'what a lost holder owed is not asked again',
    scenario: rowsWithCrashes,
    bug: {
      fetch: (state, event, nowMs) =>
        event.kind === 'holder-gone' || event.kind === 'tick' ? { next: state, effects: [] } : fetch(state, event, nowMs),
    },
  },
  {
    name: 'who lacks a block is asked for it again and again',
    scenario: rowsWithCrashes,
    bug: { fetch: (state, event, nowMs) => fetch({ ...state, refusals: new Map() }, event, nowMs) },
  },
  {
    name: 'credit is not handed back',
    scenario: rowsWithCrashes,
    bug: { receive: (state, event) => (event.kind === 'accepted' ? { next: state, effects: [] } : receive(state, event)) },
  },
  {
    name: 'credit is not spent',
    scenario: rowsWithCrashes,
    bug: {
      serve(state, event) {
        const { next, effects } = serve(state, event)
        return { next: { ...next, creditBytes: Math.max(next.creditBytes, state.creditBytes) }, effects }
      },
    },
  },
  {
    name: 'rows go before others have theirs',
    scenario: rowsWithCrashes,
    bug: {
      ownRows(wish) {
        const deeds = ownRows(wish)
        return { ...deeds, surplus: [...wish.kept].filter((row) => !deeds.want.includes(row)) }
      },
      plan(object, devices, around) {
        const planned = plan(object, devices, around)
        const isWanted = (copy: RowCopy) => planned.slots.some(({ row, device }) => row === copy.row && device === copy.device)
        return { ...planned, mark: object.copies.filter((copy) => !isWanted(copy)) }
      },
    },
  },
  {
    name: 'nobody mends a plan',
    scenario: rowsWithCrashes,
    bug: {
      plan: (object, devices, around) => ({ ...plan(object, devices, around), ...(object.slots.length > 0 && { slots: object.slots }) }),
    },
  },
  {
    name: 'rows that are lacking are not fetched',
    scenario: rowsWithCrashes,
    bug: { ownRows: (wish) => ({ ...ownRows(wish), lacking: [] }) },
  },
  ...MEETING_PLANTS,
  ...BALANCE_PLANTS,
]

/** Seeds given to each planted bug: it must show itself in one of them. */
const SEEDS = Array.from({ length: 30 }, (_, n) => n + 1)

/** The seed that found it, or undefined. */
export function findPlant({ scenario, bug }: Plant): number | undefined {
  return SEEDS.find((seed) => runScenario(scenario, seed, { ...SOUND_BRAIN, ...bug }, 'small').violations.length > 0)
}
