/**
 * Rooms of 5 to 300 with lines as homes have them. People come and go, speak in turn, crash, and some carry less than they
 * say. Whenever all lines together suffice everybody is served; in a room where nothing changes nobody is moved.
 */
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import type { SimCaller, Truth } from './sim-caller.ts'
import { SimMeeting } from './sim-meeting.ts'
import { homeUplinkKbps } from './small-rooms.ts'

export const meetingRoom: Scenario = { name: 'meeting-room', area: 'meeting', run }

const LARGE = [5, 8, 16, 30, 60, 120, 300]
const EVENT_EVERY_MS = 7_000
/** Reports and plans are out by then, and who lies is known. */
const SETTLE_MS = 20_000
const CALM_MS = 20_000

/** Long enough for another to claim, and to be missed if nobody does. */
const SLEEP_MS = 25_000

/** Of what is wanted while lines suffice. */
const SERVED = 0.99
const SERVED_WITH_LIARS = 0.95

/** Copies moved for one event: who came or left in every tree of a conductor's room. Those that came from one who was found to lose them must move. */
const MOVES_PER_EVENT = 0.2

/** A line that is at its bound exactly is relieved once. */
const MOVES_BY_WAVERING = 0.02

type Tally = { wasted: number; seconds: number; moved: number; events: number; edges: number }

function run(world: World, brain: Brain, size: 'small' | 'large'): Outcome {
  const sizes = size === 'large' ? LARGE : [world.random.between(6, 18)]
  const tally: Tally = { wasted: 0, seconds: 0, moved: 0, events: 0, edges: 0 }
  for (const count of sizes) meet(world, brain, count, size === 'large' ? 8 : 5, tally)
  return {
    nodes: Math.max(...sizes),
    figures: {
      wastePct: (100 * tally.wasted) / Math.max(1, tally.seconds),
      movedPerEventPct: (100 * tally.moved) / Math.max(1, tally.edges),
    },
  }
}

function meet(world: World, brain: Brain, count: number, events: number, tally: Tally): void {
  const room = new SimMeeting(world, brain)
  const { random } = world
  const hasLiars = random.chance(0.4)
  for (let n = 0; n < count; n++) world.after(random.below(8_000), `join ${n}`, () => room.join(truthOf(world, count, hasLiars)))
  pass(room, 10_000 + SETTLE_MS)
  for (let n = 0; n < events; n++) {
    const [before, forcedBefore] = [room.moved, room.forced]
    happen(room, count, hasLiars)
    pass(room, EVENT_EVERY_MS + random.below(3_000))
    const ways = room.here().reduce((sum, { takes }) => sum + takes.size, 0)
    const free = room.moved - before - (room.forced - forcedBefore)
    world.must(free <= 10 + MOVES_PER_EVENT * ways, () => `${free} of ${ways} copies moved for one event`)
    tally.moved += room.moved - before
    tally.edges += ways
    tally.events++
  }
  pass(room, SETTLE_MS)
  const waveringFrom = room.moved
  pass(room, CALM_MS)
  const ways = room.here().reduce((sum, { takes }) => sum + takes.size, 0)
  const wavered = room.moved - waveringFrom
  world.must(hasLiars || wavered <= 2 + MOVES_BY_WAVERING * ways, () => `${wavered} of ${ways} copies moved because measures waver`)
  room.isStill = true
  pass(room, SETTLE_MS)
  const before = room.moved
  let [served, wanted] = [0, 0]
  pass(room, CALM_MS, () => {
    const flow = room.second()
    const possible = Math.min(flow.wantedKbps, flow.supplyKbps)
    tally.wasted += Math.max(0, possible - flow.servedKbps) / Math.max(1, possible)
    tally.seconds++
    if (flow.wantedKbps > 0.7 * flow.supplyKbps) return
    served += flow.served
    wanted += flow.wanted
  })
  const share = wanted === 0 ? 1 : served / wanted
  world.must(
    share >= (hasLiars ? SERVED_WITH_LIARS : SERVED),
    () => `served ${share.toFixed(3)} of ${count}: ${room.flow?.missing.join('; ')}`,
  )
  world.must(hasLiars || room.moved === before, () => `${room.moved - before} copies moved where nothing changed`)
  for (const caller of room.here()) room.leave(caller, false)
}

/** Time passes; each second something is looked at. */
function pass(room: SimMeeting, ms: number, look: () => void = () => void room.second()): void {
  const untilMs = room.world.nowMs + ms
  while (room.world.nowMs < untilMs && room.world.violations.length < 5) {
    room.world.runUntil(Math.min(untilMs, room.world.nowMs + 1_000))
    look()
    room.watchConductors()
  }
}

function happen(room: SimMeeting, count: number, hasLiars: boolean): void {
  const { world } = room
  const here = room.here()
  const kind = world.random.pick(['join', 'leave', 'crash', 'speak', 'speak', 'carrier', 'conductor', 'sleep'])
  world.trace.add(kind)
  if (kind === 'join' || here.length <= 6) room.join(truthOf(world, count, hasLiars))
  else if (kind === 'speak')
    room.speak(
      world.random
        .shuffled(here)
        .slice(0, world.random.between(1, 2))
        .map(({ id }) => id),
    )
  else if (kind === 'sleep') conductorOf(here).sleepsUntilMs = world.nowMs + SLEEP_MS
  else if (kind === 'leave') room.leave(world.random.pick(here), false)
  else room.leave(kind === 'crash' ? world.random.pick(here) : kind === 'carrier' ? busiest(here) : conductorOf(here), true)
}

function busiest(here: readonly SimCaller[]): SimCaller {
  const children = new Map<number, number>()
  for (const { takes } of here)
    for (const { parent, source } of takes.values()) if (parent !== source) children.set(parent, (children.get(parent) ?? 0) + 1)
  return here.toSorted((a, b) => (children.get(b.id) ?? 0) - (children.get(a.id) ?? 0))[0] as SimCaller
}

function conductorOf(here: readonly SimCaller[]): SimCaller {
  return here.find(({ conducting: { term } }) => term > 0) ?? (here[0] as SimCaller)
}

/** The larger the room the smaller the share of it that a screen shows. */
export function truthOf({ random }: World, count: number, hasLiars: boolean): Truth {
  const isBad = hasLiars && random.chance(0.08)
  return {
    uplinkKbps: homeUplinkKbps(random),
    downlinkKbps: random.pick([16_000, 50_000, 100_000]),
    forwards: random.chance(0.1) ? 0 : 32,
    isSteady: random.chance(0.85),
    delayMs: random.between(3, 40),
    boast: isBad && random.chance(0.5) ? 5 : 1,
    drops: isBad ? 0.35 : 0,
    layers: ['audio', 'thumb', 'main'],
    largeTiles: random.between(1, count > 60 ? 2 : 4),
    tiles: random.between(4, 9),
  }
}
