/** What a set of rows on devices comes to in this room, held against what is asked of it. */
import type { DeviceFacts, Slot } from './plan-facts.ts'
import type { PlanGoal } from './plan-goal.ts'
import type { PlanRoom } from './plan-room.ts'
import { chanceOfRows, type Held, spareDevicesOf } from './row-spread.ts'

export type Measure = { readonly chance: number; readonly spareDevices: number; readonly segments: number }

export type Shortage = { readonly devices: boolean; readonly chance: boolean; readonly segments: boolean }

export function measure(slots: readonly Slot[], k: number, room: PlanRoom): Measure {
  const held = heldBy(slots, room, ({ availability }) => availability)
  const segments = new Set(slots.flatMap(({ device }) => room.placeOf.get(device)?.segment ?? []))
  return { chance: chanceOfRows(held, k), spareDevices: spareDevicesOf(held, k), segments: segments.size }
}

/** `chance` of a device: of being here, or of surviving. Devices the room does not know hold nothing. */
export function heldBy(slots: readonly Slot[], room: PlanRoom, chance: (device: DeviceFacts) => number): Held[] {
  return slots.flatMap(({ row, device }) => {
    const facts = room.byId.get(device)
    return facts === undefined ? [] : { row, device, chance: Math.min(1, Math.max(0, chance(facts))) }
  })
}

/** `slack` 1 holds to the letter; 2 forgives twice the unavailability asked for, 0.5 wants it halved. */
export function shortageOf(found: Measure, goal: PlanGoal, room: PlanRoom, slack: number): Shortage {
  return {
    devices: found.spareDevices < goal.spareDevices,
    chance: goal.target !== undefined && 1 - found.chance > (1 - goal.target) * slack,
    segments: found.segments < Math.min(goal.segments, room.segments),
  }
}

export function isShort({ devices, chance, segments }: Shortage): boolean {
  return devices || chance || segments
}
