/** When a wish is beyond this room: the best it can do, and the cheapest thing that would help, computed. */
import { overHours } from './common-hours.ts'
import { rowBytesOf } from './layout.ts'
import type { Bound, ObjectFacts } from './plan-facts.ts'
import type { Place, PlanRoom } from './plan-room.ts'

/** A computer that stays on most of the day: what somebody can promise who is asked to keep a tab open. */
const KEEPER_AVAILABILITY = 0.85

/** Past this many invitations the wish is the thing to change. */
const KEEPERS_MAX = 8

export function boundOf(object: ObjectFacts, room: PlanRoom, target: number): Bound {
  const copyBytes = rowBytesOf(object.bytes, 1)
  const holders = new Set(object.copies.map(({ device }) => device))
  const able = room.places.filter(({ device }) => device.freeBytes >= copyBytes || holders.has(device.id))
  const full = room.places.filter((place) => !able.includes(place))
  const noneAble = absence(room, able)
  const noneAtAll = absence(room, room.places)
  const availability = 1 - noneAble
  if (1 - noneAtAll >= target && full.length > 0) {
    const bytes = full.reduce((sum, { device }) => sum + copyBytes - device.freeBytes, 0)
    return { availability, remedy: { kind: 'more-room', bytes } }
  }
  const devices = Math.max(1, Math.ceil(Math.log((1 - target) / noneAble) / Math.log(1 - KEEPER_AVAILABILITY) - 1e-9))
  if (devices > KEEPERS_MAX) return { availability, remedy: { kind: 'none' } }
  return { availability, remedy: { kind: 'invite-keeper', devices, availability: 1 - noneAble * (1 - KEEPER_AVAILABILITY) ** devices } }
}

/** The chance that a reader finds none of them here. */
function absence({ hours }: PlanRoom, places: readonly Place[]): number {
  return overHours(hours, (presence) => places.reduce((chance, { device }) => chance * (1 - (presence.get(device.id) ?? 0)), 1))
}
