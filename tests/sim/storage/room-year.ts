/**
 * One room over a year with one object in it: the production planner plans and repairs, an oracle that knows the truth
 * does the same beside it, and what must always hold is checked as the room goes.
 */
import type { DeviceFacts } from '../../../src/core/storage/plan-facts.ts'
import { changesPlan } from '../../../src/core/storage/plan-object.ts'
import type { DeviceId } from '../../../src/protocol/ids.ts'
import type { ObjectId } from '../../../src/protocol/object.ts'
import { type Random, seededRandom } from '../random.ts'
import { Trace } from '../trace.ts'
import { Crowd, type Device, type Happening } from './crowd.ts'
import { DAY, MINUTE, type Mix } from './mixes.ts'
import type { Optimum } from './optimum.ts'
import { Oracle, type Truth } from './oracle.ts'
import type { PlannerBrain } from './planner-brain.ts'
import { ReadMeter } from './read-meter.ts'
import { StoredObject } from './stored-object.ts'
import { brokenRules } from './year-rules.ts'

export type YearOptions = {
  readonly days: number
  readonly target: number
  /** Share of time each kind of device is here, by name. */
  readonly truth: Truth
  /** Optima found so far, by who is there. */
  readonly known: Map<string, Optimum>
  /** Ends at the first broken rule. */
  readonly isHunt: boolean
}

export type YearReport = {
  readonly events: number
  readonly plans: number
  readonly k: number
  /** From the first fulfilled plan on; the figures below are of this time. */
  readonly days: number
  /** Object sizes on all disks, on average: kept, and marked beside them. */
  readonly stored: number
  readonly marked: number
  readonly leastStored: number
  /** Object sizes over the wire: after the first spreading, by the oracle, and for the spreading. */
  readonly repaired: number
  readonly oracleRepaired: number
  readonly spread: number
  /** Share of readers who could read, and of all time it could be read. */
  readonly served: number
  readonly readable: number
  /** Readers the oracle's plan would have served. */
  readonly oracleServed: number
  readonly statedAvailability: number
  /** Of an object that had been called safe; until then it is in the hands of who adds it. */
  readonly isLost: boolean
  /** Losses that the judge foresaw if nobody did anything, summed over the days. */
  readonly statedLosses: number
  readonly violations: readonly string[]
  readonly traceHash: string
}

const OBJECT_BYTES = 100 * 1024 ** 2
/** Rooms are some weeks old when the object comes: the planner has seen who comes and goes. */
const PUT_FROM = 14 * DAY
const PUT_UNTIL = 60 * DAY
const PLANS_APART = DAY
/** Until rows have arrived, and until it is seen whether somebody came who can fetch or give. */
const FETCH_TAKES = MINUTE
const LOOKS_APART = 20 * MINUTE
const HORIZON_DAYS = 30
/** Plans that change nothing are checked now and then: they are nearly all. */
const RULES_EVERY = 8
const STEPS_TO_REST = 5

export function simulateYear(mix: Mix, seed: number, brain: PlannerBrain, options: YearOptions): YearReport {
  return new RoomYear(mix, seed, brain, options).run()
}

class RoomYear {
  readonly #brain: PlannerBrain
  readonly #options: YearOptions
  readonly #random: Random
  readonly #crowd: Crowd
  readonly #oracle: Oracle
  readonly #meter = new ReadMeter()
  readonly #trace = new Trace()
  readonly #violations = new Set<string>()
  #object: StoredObject | undefined
  #isSettled = false
  #isLost = false
  #wasSafe = false
  #spread = 0
  #events = 0
  #plans = 0
  #sizes = { kept: 0, marked: 0 }
  #sums = { stored: 0, least: 0, marked: 0, judged: 0, availability: 0, losses: 0, oracleServed: 0 }

  constructor(mix: Mix, seed: number, brain: PlannerBrain, options: YearOptions) {
    this.#brain = brain
    this.#options = options
    this.#random = seededRandom(seed)
    this.#crowd = new Crowd(mix, this.#random)
    this.#oracle = new Oracle(options.target, options.truth, options.known)
  }

  run(): YearReport {
    const crowd = this.#crowd
    const endMs = this.#options.days * DAY
    let workMs = Math.min(endMs / 4, PUT_FROM + this.#random.next() * (PUT_UNTIL - PUT_FROM))
    while (crowd.nowMs < endMs && !this.#isLost && !(this.#options.isHunt && this.#violations.size > 0)) {
      const { nowMs, here } = crowd
      const served = this.#oracle.isReadable
      const happening = crowd.advance(Math.min(endMs, workMs))
      this.#events += 1
      if (this.#isSettled) this.#pass(crowd.nowMs - nowMs, here, served)
      if (happening !== undefined) this.#follow(happening)
      else if (crowd.nowMs === workMs) workMs += crowd.here > 0 ? this.#work() : LOOKS_APART
    }
    return this.#report()
  }

  /** Rows arrive, a plan is made; says how long until the next time. */
  #work(): number {
    const object = this.#object ?? this.#put()
    const here = this.#crowd.seats.filter(({ isTaken, isHere }) => isTaken && isHere).map(({ device }) => device.id)
    const arrived = object.pending.filter((slot) => here.includes(slot.device) && object.fetch(slot, here)).length
    const isChanged = this.#plan(object, here[0] as DeviceId) || arrived > 0
    if (isChanged) {
      this.#meter.recount(object, this.#crowd.seats)
      this.#sizes = object.sizes
    }
    if (!this.#isSettled && object.pending.length === 0) {
      this.#isSettled = true
      this.#spread = object.moved
      this.#oracle.repaired = 0
    }
    if (isChanged || (arrived > 0 && object.pending.length > 0)) return FETCH_TAKES
    return object.pending.some(({ device }) => here.includes(device)) ? LOOKS_APART : PLANS_APART * (0.5 + this.#random.next())
  }

  #plan(object: StoredObject, self: DeviceId): boolean {
    this.#plans += 1
    const devices = this.#facts()
    const facts = object.facts()
    const around = { self, nowMs: this.#crowd.nowMs }
    const plan = this.#brain.plan(facts, devices, around)
    const judgement = this.#brain.judge(facts, devices)
    const isChange = changesPlan(facts, plan)
    if (isChange || this.#plans % RULES_EVERY === 0)
      for (const rule of brokenRules(facts, plan, judgement, devices)) this.#violations.add(rule)
    this.#wasSafe ||= judgement.spareDevices >= 2
    if (this.#isSettled) {
      this.#sums.judged += 1
      this.#sums.availability += judgement.availability
      this.#sums.losses += 1 - judgement.durability
    }
    if (!isChange) return false
    object.follow(plan)
    this.#trace.add(plan.slots.map(({ row, device }) => `${row}/${device}`).join())
    this.#mustComeToRest(object, devices, self)
    return true
  }

  /** One change may make room for another, but with nothing new known that ends soon. */
  #mustComeToRest(object: StoredObject, devices: readonly DeviceFacts[], self: DeviceId): void {
    for (let step = 0; step < STEPS_TO_REST; step++) {
      const facts = object.facts()
      const plan = this.#brain.plan(facts, devices, { self, nowMs: this.#crowd.nowMs })
      if (!changesPlan(facts, plan)) return
      object.follow(plan)
    }
    this.#violations.add('a plan is changed again and again with nothing new known')
  }

  #put(): StoredObject {
    const { seats } = this.#crowd
    const adder = this.#random.pick(seats.filter(({ isTaken, isHere }) => isTaken && isHere))
    const profile = { kind: 'nines', target: this.#options.target } as const
    const layout = this.#brain.layout(profile, OBJECT_BYTES, this.#facts())
    this.#object = new StoredObject('object' as ObjectId, OBJECT_BYTES, profile, layout, adder.device.id)
    this.#oracle.begin(seats)
    return this.#object
  }

  #follow({ kind, seat, isSilent }: Happening): void {
    this.#trace.addNumber(this.#crowd.nowMs / 1000)
    const object = this.#object
    if (object === undefined) return
    if (kind === 'joined') this.#oracle.change(this.#crowd.seats)
    if (kind === 'died' && seat !== undefined) {
      object.lose(seat.device.id, !isSilent)
      this.#isLost = object.isLost
      this.#oracle.died(seat, this.#crowd.seats)
      this.#sizes = object.sizes
    }
    if (kind === 'came' || kind === 'went') {
      const rows = seat === undefined ? 0 : object.rowsOn(seat.device.id)
      if (rows !== 0) this.#meter.change(object, rows, kind === 'came' ? 1 : -1)
    } else this.#meter.recount(object, this.#crowd.seats)
  }

  #pass(ms: number, readers: number, oracleServes: boolean): void {
    if (oracleServes) this.#sums.oracleServed += ms * readers
    this.#meter.pass(ms, readers)
    this.#sums.stored += this.#sizes.kept * ms
    this.#sums.least += this.#oracle.leastStored * ms
    this.#sums.marked += this.#sizes.marked * ms
  }

  #facts(): DeviceFacts[] {
    const { seats, ghosts, nowMs } = this.#crowd
    const factsOf = (device: Device, isHere: boolean) => ({
      ...this.#brain.facts(this.#crowd.recordOf(device), { isHere, awayMs: nowMs - device.changedMs, rttMs: undefined }, nowMs),
      segment: device.segment,
    })
    return [
      ...seats.filter(({ isTaken }) => isTaken).map(({ device, isHere }) => factsOf(device, isHere)),
      ...ghosts.map((device) => factsOf(device, false)),
    ]
  }

  #report(): YearReport {
    const { allMs, readableMs, readerMs, servedReaderMs } = this.#meter
    const { stored, marked, judged, availability, losses } = this.#sums
    const days = allMs / DAY
    return {
      events: this.#events,
      plans: this.#plans,
      k: this.#object?.layout.k ?? 0,
      days,
      stored: stored / allMs,
      marked: marked / allMs,
      leastStored: this.#sums.least / allMs,
      repaired: (this.#object?.moved ?? 0) - this.#spread,
      oracleRepaired: this.#oracle.repaired,
      spread: this.#spread,
      served: servedReaderMs / readerMs,
      oracleServed: this.#sums.oracleServed / readerMs,
      readable: readableMs / allMs,
      statedAvailability: availability / judged,
      isLost: this.#isLost && this.#wasSafe,
      statedLosses: ((losses / judged) * days) / HORIZON_DAYS,
      violations: [...this.#violations],
      traceHash: this.#trace.hash,
    }
  }
}
