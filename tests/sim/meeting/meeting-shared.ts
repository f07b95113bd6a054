/**
 * Some of a call sit behind one line, and each claims all of it: the planner knows of no networks. What came of what they send tells it
 * that the line is full, as of one tab that claims too much; it tries again from time to time.
 */
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { truthOf } from './meeting-room.ts'
import { SimMeeting } from './sim-meeting.ts'

export const meetingShared: Scenario = { name: 'meeting-shared', area: 'meeting', run }

const LINE_KBPS = 10_000
const OTHERS_KBPS = 6_000
/** Until enough reports have come twice: the first time they are of people who are still coming. */
const FULL_SECONDS = 15
const WATCH_SECONDS = 120
const SERVED = 0.99
/** Each time the line is trusted with more again. */
const SHORT_SECONDS = 10
/** Of the seconds after the first. */
const GOOD = 0.7

function run(world: World, brain: Brain): Outcome {
  const room = new SimMeeting(world, brain)
  const people = world.random.between(8, 14)
  const atHome = world.random.between(2, 4)
  for (let n = 0; n < people; n++) {
    const line = n < atHome ? { uplinkKbps: LINE_KBPS, line: 'home' } : { uplinkKbps: OTHERS_KBPS }
    room.join({ ...truthOf(world, people, false), forwards: 32, ...line })
  }
  let [good, seconds, short, longest] = [0, 0, 0, 0]
  for (let second = 1; second <= FULL_SECONDS + WATCH_SECONDS; second++) {
    world.runUntil(second * 1_000)
    const { served, wanted } = room.second()
    if (second <= FULL_SECONDS) continue
    short = served >= SERVED * wanted ? 0 : short + 1
    longest = Math.max(longest, short)
    if (short === 0) good++
    seconds++
  }
  world.must(longest <= SHORT_SECONDS, () => `${longest} seconds on end in which something lacked`)
  world.must(good >= GOOD * seconds, () => `everything came in ${good} of ${seconds} seconds`)
  return { nodes: people, figures: { goodPct: (100 * good) / seconds, longestShort: longest } }
}
