/** The plans of small rooms, beside the least that any plan could cost: all ways are tried. */
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { costOf, leastCost, waysOf } from './optimum.ts'
import { smallRoom } from './small-rooms.ts'

export const meetingSmall: Scenario = { name: 'meeting-small', area: 'meeting', run }

/** Of the optimum. */
const DEAREST = 1.15

function run(world: World, brain: Brain, size: 'small' | 'large'): Outcome {
  const rooms = size === 'small' ? 6 : 150
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
    const cost = costOf(facts, waysOf(facts, plan))
    const least = cost === 0 ? 0 : leastCost(facts, cost)
    if (least === undefined || least === 0) continue
    ratios.push(cost / least)
    world.must(cost / least <= DEAREST, () => `room ${n} of ${facts.size}: ${(cost / least).toFixed(3)} times the optimum`)
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
