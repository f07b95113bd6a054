/**
 * One member says it conducts in the highest term there is, and its plan keeps everything from everybody. And a room where nobody
 * is hostile and lines are too short for small pictures: an honest plan keeps them from people too. And one whose plan sends everything
 * through somebody else.
 */
import type { Layer, MediaId } from '../../../src/protocol/media.ts'
import type { MeetingPlan } from '../../../src/protocol/meeting.ts'
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { truthOf } from './meeting-room.ts'
import type { SimCaller } from './sim-caller.ts'
import { SimMeeting } from './sim-meeting.ts'
import { SENT } from './small-rooms.ts'

export const meetingHostile: Scenario = { name: 'meeting-hostile', area: 'meeting', run }

const SETTLE_SECONDS = 20
const WATCH_SECONDS = 90
/** It is followed for ten seconds, until another has claimed and planned; then for a second or two, rarer each time. */
const STARVED_SECONDS = 15
const SERVED = 0.9
/** Whoever conducts where lines are short is asked for once more by those who get least, and believed. */
const CLAIMS = 4

/** Who is burdened: what it shows itself fits its line. */
const THIN = { uplinkKbps: 5_000, downlinkKbps: 6_000, forwards: 32, largeTiles: 1, tiles: 4 }
/** What is told is not more exact. */
const BURDEN = 1.25

const LAYERS: readonly Layer[] = ['audio', 'screen-audio', 'screen', 'main', 'thumb']

function run(world: World, brain: Brain): Outcome {
  const figures = { starvedSeconds: meetHostile(world, brain), claims: meetShort(world, brain), burden: meetBurden(world, brain) }
  return { nodes: 17, figures }
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

/** What one is made to take and to pass on, of what it told that its line carries, by a plan that sends everything through it. */
function meetBurden(world: World, brain: Brain): number {
  const room = new SimMeeting(world, brain)
  const people = world.random.between(10, 16)
  for (let n = 0; n < people; n++) room.join({ ...truthOf(world, people, false), forwards: 32 })
  const burdened = room.join({ ...truthOf(world, people, false), ...THIN })
  watch(world, SETTLE_SECONDS, () => room.second())
  room.join({ ...truthOf(world, people, false), claims: 2 ** 31, plans: (others) => everythingThrough(burdened.id, others) })
  let burden = 0
  watch(world, SETTLE_SECONDS, () => {
    room.second()
    burden = Math.max(burden, takenKbps(burdened) / THIN.downlinkKbps, carriedKbps(room, burdened) / THIN.uplinkKbps)
    for (const caller of room.here()) world.must(hasAnother(room, caller), () => `${caller.id} has nobody beside a parent that refuses`)
  })
  world.must(burden <= BURDEN, () => `${burdened.id} is burdened with ${burden.toFixed(1)} times what it carries`)
  for (const caller of room.here()) room.leave(caller, false)
  return burden
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

function everythingThrough(one: MediaId, others: readonly MediaId[]): MeetingPlan['streams'] {
  const sources = others.filter((id) => id !== one)
  return sources.flatMap((source) =>
    LAYERS.map((layer) => {
      const edges = sources.filter((id) => id !== source).map((id): [MediaId, MediaId] => [id, one])
      return { source, layer, edges, without: [], reason: '' }
    }),
  )
}

function takenKbps({ takes }: SimCaller): number {
  return [...takes.values()].reduce((sum, { layer }) => sum + SENT[layer].kbps, 0)
}

/** What others take of it that it does not show itself. */
function carriedKbps(room: SimMeeting, { id, takes }: SimCaller): number {
  const carried = new Map([...takes].filter(([, { isShown }]) => !isShown))
  const asked = room.here().flatMap((other) => [...other.takes].filter(([key, { parent }]) => parent === id && carried.has(key)))
  return asked.reduce((sum, [, { layer }]) => sum + SENT[layer].kbps, 0)
}

/** Beside a parent that takes not what it is to pass on stands somebody who has it. */
function hasAnother(room: SimMeeting, { takes }: SimCaller): boolean {
  const has = (id: MediaId | undefined, source: MediaId, key: string) => id === source || room.callers.get(id ?? 0)?.takes.has(key) === true
  return [...takes].every(([key, { source, parent, standby }]) => has(parent, source, key) || has(standby, source, key))
}

function hasVoices(room: SimMeeting, { takes, wanted }: SimCaller): boolean {
  return wanted.every(({ source, layer }) => layer !== 'audio' || !room.callers.get(source)?.isHere || takes.has(`${source} ${layer}`))
}
