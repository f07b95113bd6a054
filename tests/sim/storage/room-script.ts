/**
 * A short life of one room as a script, for comparing the simulator with real tabs: play the same events in real tabs,
 * let the room come to rest after each, and compare.
 *
 *   const events = roomScript(seed, { devices: 8, profile: 'raid6', bytes: 20 * 2 ** 20 })
 *   // real run: a browser context per device; carry out events in order; note every read's outcome
 *   const outcome = simulateRoom(events, { deviceIds, objectId })
 *   // compare: outcome.reads[n].isReadable with the real read; outcome.availability with the share of real reads that
 *   // succeeded; outcome.ends with the rows each device holds at the end (`holdings` of the room, damaged ones apart)
 *
 * Ids: places among equal devices are dealt by hash of object and device id, so ends agree row by row when the real
 * ids are given (`deviceIds[n]` of device n, the object's id from its FileRecord) and in numbers without.
 * Rest: nobody fetches, and no holding or plan changed for some seconds. Devices are as young as in a real run: what was
 * learned of them is the usual. What `leave` leaves on its disk comes back with `return`; after `lose` the profile is
 * deleted and, when `isKnown`, taken out of the room, otherwise merely silent.
 */
import type { DeviceFacts } from '../../../src/core/storage/plan-facts.ts'
import { parseProfile } from '../../../src/core/storage/profile.ts'
import type { DeviceId } from '../../../src/protocol/ids.ts'
import type { ObjectId } from '../../../src/protocol/object.ts'
import { seededRandom } from '../random.ts'
import { type PlannerBrain, SOUND_PLANNER } from './planner-brain.ts'
import { StoredObject } from './stored-object.ts'

export type RoomEvent =
  | { readonly kind: 'join'; readonly device: number; readonly segment?: string }
  /** Once, after all that shall be known to the planner have joined. */
  | { readonly kind: 'put'; readonly device: number; readonly bytes: number; readonly profile: string }
  /** Its tab closes; its disk stays. */
  | { readonly kind: 'leave'; readonly device: number }
  | { readonly kind: 'return'; readonly device: number }
  | { readonly kind: 'lose'; readonly device: number; readonly isKnown: boolean }
  /** Somebody who holds nothing asks for the whole of it: a fresh device, or one that bypasses its own store. */
  | { readonly kind: 'read' }

export type RoomOutcome = {
  /** One per `read`, in order. */
  readonly reads: readonly { readonly event: number; readonly isReadable: boolean }[]
  /** Share of reads that could be served; 1 without any. */
  readonly availability: number
  readonly k: number
  readonly rows: number
  /** By device number: rows on its disk at the end. */
  readonly ends: readonly { readonly device: number; readonly kept: readonly number[]; readonly marked: readonly number[] }[]
  readonly isLost: boolean
  /** Sizes of the object that went over the wire for copies. */
  readonly moved: number
}

export type RoomIds = { readonly deviceIds?: readonly DeviceId[]; readonly objectId?: ObjectId }

const HOUR_MS = 60 * 60_000
const QUOTA_BYTES = 10 * 1024 ** 3
const ROUNDS_TO_REST = 20

/** All join, one adds, then devices leave, return and get lost at random; after every such event two reads. */
export function roomScript(
  seed: number,
  wish: { readonly devices: number; readonly profile: string; readonly bytes: number; readonly changes?: number },
): RoomEvent[] {
  const random = seededRandom(seed)
  const events: RoomEvent[] = Array.from({ length: wish.devices }, (_, device) => ({ kind: 'join', device }))
  events.push({ kind: 'put', device: random.below(wish.devices), bytes: wish.bytes, profile: wish.profile }, { kind: 'read' })
  const here = new Set(Array.from({ length: wish.devices }, (_, device) => device))
  const away = new Set<number>()
  for (let change = 0; change < (wish.changes ?? 12); change++) {
    const isReturn = away.size > 0 && (here.size <= 1 || random.chance(0.4))
    const device = random.pick([...(isReturn ? away : here)])
    const kind = isReturn ? 'return' : random.chance(0.15) ? 'lose' : 'leave'
    here.delete(device)
    away.delete(device)
    if (kind === 'return') here.add(device)
    if (kind === 'leave') away.add(device)
    events.push(kind === 'lose' ? { kind, device, isKnown: false } : { kind, device }, { kind: 'read' })
  }
  return events
}

export function simulateRoom(events: readonly RoomEvent[], ids: RoomIds = {}, brain: PlannerBrain = SOUND_PLANNER): RoomOutcome {
  const room = new ScriptedRoom(ids, brain)
  const reads = events.flatMap((event, n) => {
    if (event.kind === 'read') return { event: n, isReadable: room.isReadable }
    room.take(event)
    return []
  })
  const served = reads.filter(({ isReadable }) => isReadable).length
  return { reads, availability: reads.length === 0 ? 1 : served / reads.length, ...room.end }
}

class ScriptedRoom {
  readonly #ids: RoomIds
  readonly #brain: PlannerBrain
  readonly #devices = new Map<number, { isHere: boolean; segment: string | undefined }>()
  #object: StoredObject | undefined

  constructor(ids: RoomIds, brain: PlannerBrain) {
    this.#ids = ids
    this.#brain = brain
  }

  take(event: Exclude<RoomEvent, { kind: 'read' }>): void {
    switch (event.kind) {
      case 'join':
        this.#devices.set(event.device, { isHere: true, segment: event.segment })
        break
      case 'put': {
        const profile = parseProfile(event.profile)
        if (profile === undefined) throw new Error(`no such profile: ${event.profile}`)
        const layout = this.#brain.layout(profile, event.bytes, this.#facts())
        const id = this.#ids.objectId ?? ('object' as ObjectId)
        this.#object = new StoredObject(id, event.bytes, profile, layout, this.#idOf(event.device))
        break
      }
      case 'leave':
      case 'return': {
        const device = this.#devices.get(event.device)
        if (device !== undefined) device.isHere = event.kind === 'return'
        break
      }
      case 'lose':
        this.#object?.lose(this.#idOf(event.device), event.isKnown)
        if (event.isKnown) this.#devices.delete(event.device)
        else this.#devices.set(event.device, { isHere: false, segment: undefined })
        break
      default:
        event satisfies never
    }
    this.#comeToRest()
  }

  get isReadable(): boolean {
    return this.#object?.isReadableBy(this.#here()) ?? false
  }

  get end(): Omit<RoomOutcome, 'reads' | 'availability'> {
    const object = this.#object
    if (object === undefined) return { k: 0, rows: 0, ends: [], isLost: false, moved: 0 }
    const rowsIn = (mask: number) => Array.from({ length: object.layout.rows }, (_, row) => row).filter((row) => (mask & (1 << row)) !== 0)
    const ends = [...this.#devices.keys()].map((device) => {
      const disk = object.disks.get(this.#idOf(device))
      return { device, kept: rowsIn(disk?.kept ?? 0), marked: rowsIn(disk?.marked ?? 0) }
    })
    return { ...object.layout, ends, isLost: object.isLost, moved: object.moved }
  }

  /** Plans and fetches in turn, as tabs do, until neither changes anything. */
  #comeToRest(): void {
    const object = this.#object
    if (object === undefined) return
    for (let round = 0; round < ROUNDS_TO_REST; round++) {
      const here = this.#here()
      const [self] = here
      if (self === undefined) return
      const facts = object.facts()
      const plan = this.#brain.plan(facts, this.#facts(), { self, nowMs: 0 })
      object.follow(plan)
      const fetched = object.pending.filter((slot) => here.includes(slot.device) && object.fetch(slot, here))
      if (plan.slots === facts.slots && plan.mark.length + plan.revive.length + fetched.length === 0) return
    }
  }

  #here(): DeviceId[] {
    return [...this.#devices].filter(([, { isHere }]) => isHere).map(([device]) => this.#idOf(device))
  }

  /** As young as in a real run of a few minutes: nothing learned yet. */
  #facts(): DeviceFacts[] {
    return [...this.#devices].map(([device, { isHere, segment }]) => ({
      id: this.#idOf(device),
      isHere,
      awayMs: isHere ? 0 : HOUR_MS,
      segment,
      rttMs: undefined,
      availability: 0.25,
      lossPerDay: 0.06,
      freeBytes: QUOTA_BYTES,
      isVisitor: false,
    }))
  }

  #idOf(device: number): DeviceId {
    return this.#ids.deviceIds?.[device] ?? (`device ${device}` as DeviceId)
  }
}
