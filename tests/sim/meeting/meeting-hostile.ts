/**
 * One member says it conducts in the highest term there is, and its plan keeps everything from everybody. And a room where nobody
 * is hostile and lines are too short for small pictures: an honest plan keeps them from people too.
 */
import type { Layer, MediaId } from '../../../src/protocol/media.ts'
import type { MeetingPlan } from '../../../src/protocol/meeting.ts'
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { truthOf } from './meeting-room.ts'
import type { SimCaller } from './sim-caller.ts'
import { SimMeeting } from './sim-meeting.ts'

export const meetingHostile: Scenario = { name: 'meeting-hostile', area: 'meeting', run }

const SETTLE_SECONDS = 20
const WATCH_SECONDS = 90
/** It is followed for ten seconds, until another has claimed and planned; then for a second or two, rarer each time. */
const STARVED_SECONDS = 15
const SERVED = 0.9
/** Whoever conducts where lines are short is asked for once more by those who get least, and believed. */
const CLAIMS = 4

const LAYERS: readonly Layer[] = ['audio', 'screen-audio', 'screen', 'main', 'thumb']

function run(world: World, brain: Brain): Outcome {
  return { nodes: 17, figures: { starvedSeconds: meetHostile(world, brain), claims: meetShort(world, brain) } }
}

function meetHostile(world: World, brain: Brain): number {
  const room = new SimMeeting(world, brain)
  const people = world.random.between(6, 16)
  for (let n = 0; n < people; n++) room.join(truthOf(world, people, false))
  watch(world, SETTLE_SECONDS, () => room.second())
  room.join({ ...truthOf(world, people, false), claims: 2 ** 31, plans: nothingForAnybody })
  let starved = 0
  watch(world, WATCH_SECONDS, () => {
    const { servedKbps, wantedKbps, supplyKbps } = room.second()
    const honest = room.here().filter(({ truth }) => truth.plans === undefined)
    for (const caller of honest) world.must(hasVoices(room, caller), () => `${caller.id} lacks voices`)
    if (servedKbps < SERVED * Math.min(wantedKbps, supplyKbps)) starved++
  })
  world.must(starved <= STARVED_SECONDS, () => `${starved} seconds without pictures`)
  for (const caller of room.here()) room.leave(caller, false)
  return starved
}

/** Voices and few small pictures are all that these lines carry. */
function meetShort(world: World, brain: Brain): number {
  const room = new SimMeeting(world, brain)
  for (let n = 0; n < 10; n++) room.join({ ...truthOf(world, 10, false), uplinkKbps: world.random.between(600, 900), tiles: 9 })
  watch(world, SETTLE_SECONDS, () => room.second())
  const claims = new Set<string>()
  let [seconds, voices] = [0, 0]
  watch(world, WATCH_SECONDS, () => {
    voices += room.second().wholeVoices
    seconds++
    for (const { id, conducting } of room.here()) if (conducting.term > 0) claims.add(`${id} ${conducting.term}`)
  })
  world.must(voices >= 0.98 * seconds, () => `${voices} of ${seconds} seconds of voices come whole`)
  world.must(claims.size <= CLAIMS, () => `${claims.size} claims where lines are short`)
  return claims.size
}

function watch(world: World, seconds: number, look: () => void): void {
  const fromMs = world.nowMs
  for (let second = 1; second <= seconds && world.violations.length < 5; second++) {
    world.runUntil(fromMs + second * 1_000)
    look()
  }
}

function nothingForAnybody(others: readonly MediaId[]): MeetingPlan['streams'] {
  return others.flatMap((source) =>
    LAYERS.map((layer) => ({ source, layer, edges: [], without: others.filter((id) => id !== source), reason: '' })),
  )
}

function hasVoices(room: SimMeeting, { takes, wanted }: SimCaller): boolean {
  return wanted.every(({ source, layer }) => layer !== 'audio' || !room.callers.get(source)?.isHere || takes.has(`${source} ${layer}`))
}
