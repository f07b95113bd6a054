/**
 * A simulated call: messages take their time, who crashes is missed only after a while, and each second every line
 * carries what is asked of it, or as much of it as it truly can.
 */
import { CHILDREN_PER_STREAM, CONDUCTED_FROM, CONDUCTOR_LEASE_MS, TREE_DEPTH } from '../../../src/protocol/limits.ts'
import type { Layer, MediaId } from '../../../src/protocol/media.ts'
import type { MeetingFacts, MeetingPlan } from '../../../src/protocol/meeting.ts'
import type { Brain } from '../brain.ts'
import type { World } from '../world.ts'
import { type Flow, flow } from './flow.ts'
import { SimCaller, TICK_MS, type Truth } from './sim-caller.ts'

/** A crashed tab is missed after so long; one that leaves says so. */
const MISSED_MS = [2_000, 5_000] as const

/** Somebody must conduct by then: the lease, the wait of some candidates who are gone too, and who had crashed is missed. */
const VACANT_MS = CONDUCTOR_LEASE_MS + 8_000

/** What was just wanted goes straight until a plan names it: that is no move. */
const ESTABLISHED_MS = 4_000

export class SimMeeting {
  readonly world: World
  readonly callers = new Map<MediaId, SimCaller>()
  readonly #brain: Brain
  readonly #arrivals = new Map<string, number>()
  #nextId = 1
  #twoSinceMs: number | undefined
  #noneSinceMs: number | undefined
  #ways = new Map<string, { readonly parent: MediaId; readonly sinceMs: number }>()
  /** Copies that had come on one way for a while and now come on another, though the old parent is here. */
  moved = 0
  /** Of these, those that had to: who sent them was found to lose what it passes on, and has no room for anything. */
  forced = 0
  /** Who rests by the word of whoever planned last. */
  resting: ReadonlySet<MediaId> = new Set()
  /** What is measured does not waver any more. */
  isStill = false
  flow: Flow | undefined
  /** How often tabs told each other something, by what it was about. */
  readonly told = new Map<string, number>()

  constructor(world: World, brain: Brain) {
    this.world = world
    this.#brain = brain
  }

  here(): SimCaller[] {
    return [...this.callers.values()].filter(({ isHere }) => isHere)
  }

  join(truth: Truth): SimCaller {
    const caller = new SimCaller(this, this.#brain, this.#nextId++, truth)
    const others = this.here()
    this.callers.set(caller.id, caller)
    for (const other of others) this.send(other.id, caller.id, 'presence', (to) => to.hearPresence(other.presence, other.id))
    this.tellPresence(caller)
    this.#tick(caller)
    return caller
  }

  leave(caller: SimCaller, isCrash: boolean): void {
    caller.isHere = false
    for (const other of this.here()) {
      const missedMs = isCrash ? this.world.random.between(...MISSED_MS) : this.#delayMs(caller.id, other.id)
      this.world.after(missedMs, `${other.id} misses ${caller.id}`, () => other.isHere && other.hearPresence(undefined, caller.id))
    }
  }

  speak(ids: readonly MediaId[]): void {
    for (const caller of this.here()) {
      const speaks = ids.includes(caller.id)
      if (speaks === caller.isSpeaking) continue
      caller.isSpeaking = speaks
      this.tellPresence(caller)
    }
  }

  tellPresence(caller: SimCaller): void {
    const { presence } = caller
    for (const other of this.here())
      if (other !== caller) this.send(caller.id, other.id, 'presence', (to) => to.hearPresence(presence, caller.id))
  }

  /** In order, as on a reliable channel. */
  send(from: MediaId, to: MediaId, label: string, arrive: (other: SimCaller) => void): void {
    const pair = `${from} ${to}`
    this.told.set(label, (this.told.get(label) ?? 0) + 1)
    const atMs = Math.max(this.world.nowMs + this.#delayMs(from, to), this.#arrivals.get(pair) ?? 0)
    this.#arrivals.set(pair, atMs)
    this.world.after(atMs - this.world.nowMs, `${label} ${pair}`, () => {
      const other = this.callers.get(to)
      if (other?.isHere) arrive(other)
    })
  }

  rttsOf(caller: SimCaller): [MediaId, number][] {
    return [...caller.known.keys()].map((id) => [id, this.#rttMs(caller.id, id)])
  }

  /** Each second: what arrives, who was moved, who conducts. */
  second(): Flow {
    const here = this.here()
    this.flow = flow(here)
    this.#countMoves(here)
    return this.flow
  }

  watchConductors(): void {
    const here = this.here()
    const { nowMs } = this.world
    const conducting = here.filter(({ conducting: { term }, sleepsUntilMs }) => term > 0 && sleepsUntilMs <= nowMs)
    this.#twoSinceMs = conducting.length > 1 ? (this.#twoSinceMs ?? nowMs) : undefined
    this.#noneSinceMs = conducting.length === 0 && here.length >= CONDUCTED_FROM ? (this.#noneSinceMs ?? nowMs) : undefined
    this.world.must(nowMs - (this.#twoSinceMs ?? nowMs) <= CONDUCTOR_LEASE_MS, () => `${conducting.length} conduct for longer than a lease`)
    this.world.must(nowMs - (this.#noneSinceMs ?? nowMs) <= VACANT_MS, () => `nobody of ${here.length} conducts`)
  }

  /** By the facts it was made of, without the planner's arithmetic. */
  checkPlan(plan: MeetingPlan, facts: ReadonlyMap<MediaId, MeetingFacts>): void {
    const sent = new Map<MediaId, number>()
    for (const { source, layer, edges } of plan.streams) {
      const parents = new Map(edges)
      const children = Map.groupBy(edges, ([, parent]) => parent)
      const kbps = facts.get(source)?.sends.find((each) => each.layer === layer)?.kbps ?? 0
      for (const [child, parent] of edges) {
        this.world.must(facts.get(child)?.rtts.some(([id]) => id === parent) === true, () => `${child} cannot reach ${parent}`)
        this.world.must(hopsTo(child, parents, source) <= deepest(layer), () => `${layer} of ${source} is too deep at ${child}`)
        sent.set(parent, (sent.get(parent) ?? 0) + kbps)
      }
      for (const [parent, own] of children) {
        const forwards = facts.get(parent)?.forwards ?? 0
        this.world.must(
          own.length <= Math.min(forwards, CHILDREN_PER_STREAM),
          () => `${parent} has ${own.length} children and gives ${forwards}`,
        )
      }
    }
    for (const [id, kbps] of sent) {
      const uplinkKbps = facts.get(id)?.uplinkKbps ?? 0
      this.world.must(kbps <= uplinkKbps, () => `${id} passes ${kbps} kbit/s on, and has ${uplinkKbps}`)
    }
  }

  #tick(caller: SimCaller): void {
    this.world.after(TICK_MS, `tick ${caller.id}`, () => {
      if (!caller.isHere) return
      caller.tick()
      this.#tick(caller)
    })
  }

  #countMoves(here: readonly SimCaller[]): void {
    const ways = new Map<string, { readonly parent: MediaId; readonly sinceMs: number }>()
    const { nowMs } = this.world
    for (const caller of here) {
      for (const [key, { parent }] of caller.takes) {
        const way = `${caller.id} ${key}`
        const was = this.#ways.get(way)
        ways.set(way, was?.parent === parent ? was : { parent, sinceMs: nowMs })
        if (was === undefined || was.parent === parent || nowMs - was.sinceMs < ESTABLISHED_MS || !this.callers.get(was.parent)?.isHere)
          continue
        this.moved++
        if (this.resting.has(was.parent)) this.forced++
      }
    }
    this.#ways = ways
  }

  #delayMs(from: MediaId, to: MediaId): number {
    return this.#rttMs(from, to) / 2 + this.world.random.between(0, 30)
  }

  #rttMs(from: MediaId, to: MediaId): number {
    return 2 * ((this.callers.get(from)?.truth.delayMs ?? 0) + (this.callers.get(to)?.truth.delayMs ?? 0))
  }
}

function deepest(layer: Layer): number {
  return layer === 'main' || layer === 'screen' ? TREE_DEPTH : 2
}

function hopsTo(child: MediaId, parents: ReadonlyMap<MediaId, MediaId>, source: MediaId): number {
  let hops = 0
  for (let at = child; at !== source && hops < 10; hops++) at = parents.get(at) ?? source
  return hops
}
