/**
 * Which device shall hold which row from now on. A plan changes when something is lost, when the room as learned no
 * longer keeps the promise, or when copies turn out to be spare; never because somebody is merely away, and hardly ever
 * because a figure moved a little. The answer depends on the facts alone, in whatever order they come: every member
 * that asks gets the same, up to where "near" is when an object is new.
 */
import type { DeviceId } from '../../protocol/ids.ts'
import { PLAN_SLOTS } from '../../protocol/limits.ts'
import { rowBytesOf } from './layout.ts'
import { boundOf } from './plan-bound.ts'
import type { DeviceFacts, ObjectFacts, Plan, RowCopy, Slot, Warning } from './plan-facts.ts'
import { goalOf, type PlanGoal } from './plan-goal.ts'
import { heldBy, isShort, measure, shortageOf } from './plan-measure.ts'
import { canStay, isKept, keyOf, nearSlot, nextSlot, type Site, siteOf } from './plan-places.ts'
import { isLost, planRoomOf } from './plan-room.ts'
import { chanceOfRows, spareDevicesOf } from './row-spread.ts'

/** A plan is left alone until unavailability is twice what was asked, and sheds a copy only when half remains without. */
const REPAIR_SLACK = 2
const SHED_SLACK = 0.5

/** A copy takes another's place when its device is clearly better: half a step in log odds. */
const CLEARLY_BETTER_GRADES = 2

export type Around = { readonly self: DeviceId; readonly nowMs: number }

export function planObject(object: ObjectFacts, devices: readonly DeviceFacts[], around: Around): Plan {
  const room = planRoomOf(devices)
  const site = siteOf(object, room)
  const goal = goalOf(object.profile, object.pointers)
  const staying = unique(object.slots).filter((slot) => canStay(site, slot))

  const filled = fill(site, goal, staying, around.self)
  const improved = improve(site, filled)
  const shed = shedSurplus(site, goal, withUrgent(site, goal, improved))
  const slots = [...shed].sort(inOrder)
  return {
    slots: isSame(slots, object.slots) ? object.slots : slots,
    mark: surplusOf(site, goal, slots),
    revive: slots.flatMap((slot) => site.copies.get(keyOf(slot)) ?? []).filter(({ state }) => state === 'marked'),
    bound: boundFor(site, goal, slots),
    warnings: warningsOf(site, goal, slots, around.self),
  }
}

/** True when there is something to write down or to tell a store. */
export function changesPlan(object: ObjectFacts, plan: Plan): boolean {
  return plan.slots !== object.slots || plan.mark.length > 0 || plan.revive.length > 0
}

/** Adds slots until the goal is met. What was added and turns out unneeded, as better ones followed, goes again. */
function fill(site: Site, goal: PlanGoal, staying: readonly Slot[], self: DeviceId): readonly Slot[] {
  const { room, object } = site
  const { k } = object.layout
  const isNew = object.slots.length === 0
  if (!isNew && !isShort(shortageOf(measure(staying, k, room), goal, room, REPAIR_SLACK))) return staying

  const near = isNew ? nearSlot(site, self) : undefined
  const slots = near === undefined ? [...staying] : [...staying, near]
  const added: Slot[] = []
  while (slots.length < PLAN_SLOTS) {
    const short = shortageOf(measure(slots, k, room), goal, room, 1)
    const slot = isShort(short) ? nextSlot(site, slots, short) : undefined
    if (slot === undefined) break
    slots.push(slot)
    added.push(slot)
  }
  if (isShort(shortageOf(measure(slots, k, room), goal, room, 1))) return slots
  return without(slots, worstFirst(site, added), (rest) => !isShort(shortageOf(measure(rest, k, room), goal, room, 1)))
}

/** Copies on disk on clearly better devices take the place of others on disk: no traffic, and the worse ones become spare. */
function improve(site: Site, slots: readonly Slot[]): readonly Slot[] {
  const used = new Set(slots.map(({ device }) => device))
  const spare = [...site.copies.values()].filter(({ device }) => !used.has(device) && site.room.placeOf.has(device))
  if (spare.length === 0) return slots
  let next = slots
  for (const copy of worstFirst(site, spare).reverse()) {
    const { row, device } = copy as RowCopy
    if (next.some((slot) => slot.device === device)) continue
    const [worst] = worstFirst(
      site,
      next.filter((slot) => slot.row === row && isKept(site, slot)),
    )
    if (worst === undefined || gradeOf(site, device) < gradeOf(site, worst.device) + CLEARLY_BETTER_GRADES) continue
    const moved = next.map((slot) => (slot === worst ? { row, device } : slot))
    if (measure(moved, site.object.layout.k, site.room).segments >= measure(next, site.object.layout.k, site.room).segments) next = moved
  }
  return next
}

/**
 * An object that one loss would take is made safe with those who are here, since a meeting ends for everybody at once:
 * by single rows where that suffices, else by whole copies, which will be spare once the plan is fulfilled.
 */
function withUrgent(site: Site, goal: PlanGoal, planned: readonly Slot[]): readonly Slot[] {
  const { k, rows } = site.object.layout
  const kept = [...site.copies.values()].filter(({ device, state }) => state === 'kept' && !isGone(site, device))
  const soonWith = (slots: readonly Slot[]) => spareIn(site, [...kept, ...slots.filter(({ device }) => isHere(site, device))])
  if (goal.spareDevices === 0 || spareIn(site, kept) >= 1 || soonWith(planned) >= goal.spareDevices) return planned

  const all = Array.from({ length: rows }, (_, row) => row)
  const here = worstFirst(
    site,
    site.room.places.map((place) => ({ row: 0, device: place.device.id })),
  ).reverse()
  for (const rowsEach of k === 1 ? [1] : [1, k]) {
    const slots = [...planned]
    for (const { device } of here.filter((place) => isHere(site, place.device))) {
      const has = new Set([...kept, ...slots].filter((slot) => slot.device === device).map(({ row }) => row))
      const rarest = all.filter((row) => !has.has(row)).sort((a, b) => countOf(slots, a) - countOf(slots, b) || a - b)
      const lacking = rarest.slice(0, Math.max(0, rowsEach - has.size))
      if ((site.room.byId.get(device)?.freeBytes ?? 0) < lacking.length * rowBytesOf(site.object.bytes, k)) continue
      slots.push(...lacking.map((row) => ({ row, device })))
      if (slots.length > PLAN_SLOTS) break
      if (soonWith(slots) >= goal.spareDevices) return slots
    }
    if (rowsEach === k && slots.length <= PLAN_SLOTS) return slots
  }
  return planned
}

/** Slots beyond the goal go, the least worth first, once what is on disk without them keeps the promise amply. */
function shedSurplus(site: Site, goal: PlanGoal, slots: readonly Slot[]): readonly Slot[] {
  const { room, object } = site
  const { k } = object.layout
  if (measure(slots, k, room).spareDevices <= goal.spareDevices && slots.every((slot) => isKept(site, slot)) && !hasSecondRows(slots))
    return slots
  return without(slots, worstFirst(site, slots), (rest, gone) => {
    const found = measure(rest, k, room)
    if (isShort(shortageOf(found, goal, room, SHED_SLACK))) return false
    const onDisk = rest.filter((slot) => isKept(site, slot))
    if (spareIn(site, onDisk) < goal.spareDevices) return false
    return !isKept(site, gone) || goal.target === undefined || chanceOfRows(heldBy(onDisk, room, here), k) >= goal.target
  })
}

/** Kept copies outside the plan, the least worth first; none before the plan is fulfilled and reaches its goal. */
function surplusOf(site: Site, goal: PlanGoal, slots: readonly Slot[]): RowCopy[] {
  const isFulfilled = slots.length > 0 && slots.every((slot) => isKept(site, slot))
  if (!isFulfilled || isShort(shortageOf(measure(slots, site.object.layout.k, site.room), goal, site.room, REPAIR_SLACK))) return []
  const planned = new Set(slots.map(keyOf))
  const surplus = [...site.copies.values()].filter((copy) => copy.state === 'kept' && !planned.has(keyOf(copy)))
  return worstFirst(site, surplus) as RowCopy[]
}

function boundFor({ object, room }: Site, goal: PlanGoal, slots: readonly Slot[]) {
  const { k } = object.layout
  const isOut = goal.target !== undefined && shortageOf(measure(slots, k, room), goal, room, REPAIR_SLACK).chance
  return isOut && goal.target !== undefined ? boundOf(object, room, goal.target) : undefined
}

function warningsOf(site: Site, goal: PlanGoal, slots: readonly Slot[], self: DeviceId): Warning[] {
  const { room, object } = site
  const warnings: Warning[] = []
  const found = measure(slots, object.layout.k, room)
  if (room.places.length < 3) warnings.push('fewer-than-three-devices')
  if (goal.isBelowFloor) warnings.push('below-floor-by-wish')
  if (slots.length > 1 && found.segments === 1) warnings.push('one-network')
  if (slots.length > 2 && found.segments === 2 && goal.segments > 2) warnings.push('two-networks')
  if (!slots.some(({ device }) => isNear(site, device, self))) warnings.push('no-near-copy')
  const isTight = room.places.some(({ device }) => !slots.some((slot) => slot.device === device.id))
  if (isTight && isShort(shortageOf(found, goal, room, REPAIR_SLACK))) warnings.push('not-enough-room')
  return warnings
}

function isNear({ room }: Site, device: DeviceId, self: DeviceId): boolean {
  const segment = room.byId.get(self)?.segment
  const facts = room.byId.get(device)
  return device === self || facts?.rttMs !== undefined || (segment !== undefined && facts?.segment === segment)
}

/** Takes slots out one by one, in the order given, as long as what remains is fine. */
function without(slots: readonly Slot[], order: readonly Slot[], isFine: (rest: readonly Slot[], gone: Slot) => boolean): readonly Slot[] {
  let left = slots
  for (const gone of order) {
    const rest = left.filter((slot) => slot !== gone)
    if (isFine(rest, gone)) left = rest
  }
  return left
}

function spareIn({ object, room }: Site, slots: readonly Slot[]): number {
  return spareDevicesOf(heldBy(slots, room, here), object.layout.k)
}

function here({ availability }: DeviceFacts): number {
  return availability
}

function countOf(slots: readonly Slot[], row: number): number {
  return slots.filter((slot) => slot.row === row).length
}

function isHere({ room }: Site, device: DeviceId): boolean {
  return room.byId.get(device)?.isHere === true
}

function isGone({ room }: Site, device: DeviceId): boolean {
  const facts = room.byId.get(device)
  return facts === undefined || isLost(facts)
}

function gradeOf({ room }: Site, device: DeviceId): number {
  return room.placeOf.get(device)?.grade ?? Number.NEGATIVE_INFINITY
}

/** Devices that take nothing any more, then those that are here least; of one device the later rows. */
function worstFirst(site: Site, slots: readonly Slot[]): Slot[] {
  return [...slots].sort((a, b) => gradeOf(site, a.device) - gradeOf(site, b.device) || inOrder(b, a))
}

function hasSecondRows(slots: readonly Slot[]): boolean {
  return new Set(slots.map(({ device }) => device)).size < slots.length
}

function unique(slots: readonly Slot[]): Slot[] {
  return [...new Map(slots.map((slot) => [keyOf(slot), slot])).values()].sort(inOrder)
}

function inOrder(a: Slot, b: Slot): number {
  return a.row - b.row || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0)
}

function isSame(a: readonly Slot[], b: readonly Slot[]): boolean {
  return a.length === b.length && a.every((slot, n) => keyOf(slot) === keyOf(b[n] as Slot))
}
