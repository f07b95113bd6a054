/**
 * Thirty press Join within a second. Straight from each source everybody is served at once; one of them conducts, and one plan spares the thin
 * lines soon after.
 */
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { truthOf } from './meeting-room.ts'
import { SimMeeting } from './sim-meeting.ts'

export const meetingStorm: Scenario = { name: 'meeting-storm', area: 'meeting', run }

const PEOPLE = 30
const STORM_MS = 1_000
/** From the last press on. */
const SERVED_WITHIN_MS = 2_000
const SERVED = 0.99
const WATCH_SECONDS = 20
/** Of a thousand copies, those for which the second plan knew better than the first. */
const MOVED = 10
/** Each plan goes to everybody else: the first one, a better one, and both said again in this time. */
const PLANS = 12
/** What each tells whoever plans, every few seconds and when its wishes change. */
const FACTS_EACH = 40

function run(world: World, brain: Brain): Outcome {
  const room = new SimMeeting(world, brain)
  for (let n = 0; n < PEOPLE; n++) world.after(world.random.below(STORM_MS), `join ${n}`, () => room.join(truthOf(world, PEOPLE, false)))
  let servedAfterMs = Number.POSITIVE_INFINITY
  for (let second = 1; second <= WATCH_SECONDS; second++) {
    world.runUntil(second * 1_000)
    const { servedKbps, wantedKbps, supplyKbps } = room.second()
    room.watchConductors()
    const isServed = room.here().length === PEOPLE && servedKbps >= SERVED * Math.min(wantedKbps, supplyKbps)
    servedAfterMs = isServed ? Math.min(servedAfterMs, world.nowMs) : Number.POSITIVE_INFINITY
  }
  const told = (label: string) => room.told.get(label) ?? 0
  world.must(servedAfterMs <= STORM_MS + SERVED_WITHIN_MS, () => `served for good after ${servedAfterMs} ms`)
  world.must(room.moved <= MOVED, () => `${room.moved} copies moved`)
  world.must(told('plan') <= PLANS * (PEOPLE - 1), () => `${told('plan')} plans told`)
  world.must(told('facts') <= FACTS_EACH * PEOPLE, () => `facts told ${told('facts')} times`)
  return { nodes: PEOPLE, figures: { servedAfterMs, plansTold: told('plan'), factsTold: told('facts') } }
}
