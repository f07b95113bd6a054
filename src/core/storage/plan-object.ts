/**
 * Which device shall hold which row from now on. A plan changes when something is lost, when the room as learned no
 * longer keeps the promise, or when copies turn out to be spare; never because somebody is merely away, and hardly ever
 * because a figure moved a little. The answer depends on the facts alone, in whatever order they come: every member
 * that asks gets the same, up to where "near" is when an object is new.
 */
import type { DeviceId } from '../../protocol/ids.ts'
import { boundOf } from './plan-bound.ts'
import type { DeviceFacts, ObjectFacts, Plan, Slot } from './plan-facts.ts'
import { fill, REPAIR_SLACK, withUrgent } from './plan-fill.ts'
import { goalOf } from './plan-goal.ts'
import { leaner } from './plan-lean.ts'
import { planRoomOf } from './plan-room.ts'
import { canStay, inOrder, isMarked, shortageOf, siteOf } from './plan-site.ts'
import { improve, shedSurplus, surplusOf } from './plan-surplus.ts'
import { warningsOf } from './plan-warnings.ts'

export type Around = { readonly self: DeviceId; readonly nowMs: number }

export function planObject(object: ObjectFacts, devices: readonly DeviceFacts[], around: Around): Plan {
  const room = planRoomOf(devices)
  const goal = goalOf(object.profile, object.pointers)
  const site = siteOf(object, room, goal)
  const staying = unique(object.slots).filter((slot) => canStay(site, slot))

  const filled = fill(site, staying, around.self)
  const shed = shedSurplus(site, withUrgent(site, improve(site, filled)))
  const slots = leaner(site, shed).toSorted(inOrder)

  const isOut = goal.target !== undefined && shortageOf(site, slots, REPAIR_SLACK).chance
  return {
    slots: isSame(slots, object.slots) ? object.slots : slots,
    mark: surplusOf(site, slots),
    revive: slots.filter((slot) => isMarked(site, slot)).map(({ row, device }) => ({ row, device, state: 'marked' })),
    bound: isOut && goal.target !== undefined ? boundOf(object, room, goal.target) : undefined,
    warnings: warningsOf(site, slots, around.self),
  }
}

/** True when there is something to write down or to tell a store. */
export function changesPlan(object: ObjectFacts, plan: Plan): boolean {
  return plan.slots !== object.slots || plan.mark.length > 0 || plan.revive.length > 0
}

function unique(slots: readonly Slot[]): readonly Slot[] {
  const sorted = slots.toSorted(inOrder)
  return sorted.filter((slot, n) => n === 0 || inOrder(sorted[n - 1] as Slot, slot) !== 0)
}

function isSame(a: readonly Slot[], b: readonly Slot[]): boolean {
  return a.length === b.length && a.every((slot, n) => inOrder(slot, b[n] as Slot) === 0)
}
