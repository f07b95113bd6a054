/** The plans of small rooms, beside the least that any plan could cost: all ways are tried. */

import type { MeetingPlan } from '../../../src/protocol/meeting.ts'
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import { World } from '../world.ts'
import { costOf, leastCost, waysOf } from './optimum.ts'
import { type Facts, smallRoom } from './small-rooms.ts'

export const meetingSmall: Scenario = { name: 'meeting-small', area: 'meeting', run }

/** Of the optimum. */
export const DEAREST = 1.15

/** Of a room in a test: those that take longer to search are passed over. */
const FEW_TRIES = 3_000

function run(world: World, brain: Brain, size: 'small' | 'large'): Outcome {
  const rooms = size === 'small' ? 12 : 150
  const terms = { term: 1, standings: new Map() }
  const ratios: number[] = []
  for (let n = 0; n < rooms; n++) {
    const facts = smallRoom(world.random)
    const plan = brain.planMeeting(facts, undefined, terms)
    world.events++
    world.trace.add(JSON.stringify(plan.streams.map(({ source, layer, edges }) => [source, layer, edges])))
    // In the light of the whole plan one stream may find a much better way; then all stays.
    const settled = brain.planMeeting(facts, plan, terms)
    world.must(brain.planMeeting(facts, settled, terms) === settled, () => `room ${n}: ever other plans for the same facts`)
    const ratio = vsLeast(facts, plan, size === 'small' ? FEW_TRIES : undefined)
    if (ratio === undefined) continue
    ratios.push(ratio)
    world.must(ratio <= DEAREST, () => `room ${n} of ${facts.size}: ${ratio.toFixed(3)} times the optimum`)
  }
  return {
    nodes: 7,
    figures: {
      vsIdeal: Math.max(1, ...ratios),
      meanVsIdeal: ratios.reduce((a, b) => a + b, 0) / Math.max(1, ratios.length),
      searched: ratios.length,
    },
  }
}

/** Times the least that any ways cost. Undefined: nothing is passed on, or there are too many ways to try. */
export function vsLeast(facts: Facts, plan: MeetingPlan, tries?: number): number | undefined {
  const cost = costOf(facts, waysOf(facts, plan))
  const least = cost === 0 ? undefined : leastCost(facts, cost, tries)
  return least === undefined || least === 0 ? undefined : cost / least
}

/** One room of a seed, as the scenario comes to it. */
export function roomOfSeed(seed: number, room: number): Facts {
  const { random } = new World(seed)
  for (let n = 0; n < room; n++) smallRoom(random)
  return smallRoom(random)
}
