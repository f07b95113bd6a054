/**
 * The room as planners see it: devices in an order that does not depend on how they were listed, those that can take
 * rows, and how many networks these stand in. Computed once per list of devices, however many objects are planned.
 */
import type { DeviceId } from '../../protocol/ids.ts'
import { LOST_MS } from '../../protocol/limits.ts'
import type { DeviceFacts } from './plan-facts.ts'

export type PlanRoom = {
  readonly byId: ReadonlyMap<string, DeviceFacts>
  /** Devices that may hold rows for the room, best first. */
  readonly places: readonly Place[]
  readonly placeOf: ReadonlyMap<string, Place>
  readonly segments: number
}

export type Place = {
  readonly device: DeviceFacts
  /** Equal for devices that are about as often here: they share the load, and small changes move nothing. */
  readonly grade: number
  readonly segment: string
}

/** A grade is a quarter in log odds: 0.15 and 0.18 are about as good, so are 0.95 and 0.96. */
const GRADES_PER_LOG_ODDS = 4

const rooms = new WeakMap<readonly DeviceFacts[], PlanRoom>()

export function planRoomOf(devices: readonly DeviceFacts[]): PlanRoom {
  const known = rooms.get(devices)
  if (known !== undefined) return known
  const room = read(devices)
  rooms.set(devices, room)
  return room
}

/** Away so long that its copies are replaced. */
export function isLost(device: DeviceFacts): boolean {
  return device.awayMs >= LOST_MS || device.lossPerDay >= 1
}

/** A network that is not known is like no other. */
export function segmentOf(device: { readonly id: DeviceId; readonly segment: string | undefined }): string {
  return device.segment ?? `of ${device.id}`
}

function read(devices: readonly DeviceFacts[]): PlanRoom {
  const byId = new Map(devices.map((device) => [device.id as string, device]))
  const places = [...byId.values()]
    .filter((device) => !device.isVisitor && !isLost(device))
    .map((device) => ({ device, grade: gradeOf(device.availability), segment: segmentOf(device) }))
    .sort((a, b) => b.grade - a.grade || (a.device.id < b.device.id ? -1 : 1))
  return {
    byId,
    places,
    placeOf: new Map(places.map((place) => [place.device.id as string, place])),
    segments: new Set(places.map(({ segment }) => segment)).size,
  }
}

function gradeOf(availability: number): number {
  const sane = Math.min(0.9999, Math.max(0.0001, availability))
  return Math.round(Math.log(sane / (1 - sane)) * GRADES_PER_LOG_ODDS)
}
