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
  /** That a device is here when somebody reads, by id. */
  readonly presence: ReadonlyMap<string, number>
}

export type Place = {
  readonly device: DeviceFacts
  /** Its disk probably still exists. Others keep their slots no longer than something better is found, and get no new ones. */
  readonly isTrusted: boolean
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

/** Away so long that its copies are replaced, whatever was known of it. */
export function isLost(device: DeviceFacts): boolean {
  return device.awayMs >= LOST_MS || device.lossPerDay >= 1
}

const DAY_MS = 24 * 60 * 60_000
/** Absences are long-tailed (shape 0.45, half a day on average), so that silence tells little at first and more each day. */
const ABSENCE_SHAPE = 0.45
const ABSENCE_MEAN_DAYS = 0.4
/** Gamma(1 + 1/shape). */
const ABSENCE_SCALE_DAYS = ABSENCE_MEAN_DAYS / 2.48

/**
 * The chance that the disk of a device still exists, given how long it has been away: it either left as it often does
 * and stayed away this long, or was lost then. For one that is nearly always here three days tell, for one that looks in
 * now and then nearly a week.
 */
export function survivalOf({ isHere, awayMs, availability, lossPerDay }: DeviceFacts): number {
  if (isHere || awayMs <= 0) return 1
  const stillAway = Math.exp(-((awayMs / DAY_MS / ABSENCE_SCALE_DAYS) ** ABSENCE_SHAPE))
  const leftAlive = (Math.max(1 - availability, 0.01) / ABSENCE_MEAN_DAYS) * stillAway
  return leftAlive / (leftAlive + Math.min(1, lossPerDay))
}

export function isTrusted(device: DeviceFacts): boolean {
  return !isLost(device) && survivalOf(device) >= 0.5
}

/** That it is here when somebody reads. */
export function presenceOf(device: DeviceFacts): number {
  return isLost(device) ? 0 : device.availability * survivalOf(device)
}

/** A network that is not known is like no other. */
export function segmentOf(device: { readonly id: DeviceId; readonly segment: string | undefined }): string {
  return device.segment ?? `of ${device.id}`
}

function read(devices: readonly DeviceFacts[]): PlanRoom {
  const byId = new Map(devices.map((device) => [device.id as string, device]))
  const places = [...byId.values()]
    .filter((device) => !device.isVisitor && !isLost(device))
    .map((device) => ({ device, isTrusted: isTrusted(device), grade: gradeOf(presenceOf(device)), segment: segmentOf(device) }))
    .sort((a, b) => b.grade - a.grade || (a.device.id < b.device.id ? -1 : 1))
  return {
    byId,
    presence: new Map([...byId].map(([id, device]) => [id, presenceOf(device)])),
    places,
    placeOf: new Map(places.map((place) => [place.device.id as string, place])),
    segments: new Set(places.filter((place) => place.isTrusted).map(({ segment }) => segment)).size,
  }
}

function gradeOf(availability: number): number {
  const sane = Math.min(0.9999, Math.max(0.0001, availability))
  return Math.round(Math.log(sane / (1 - sane)) * GRADES_PER_LOG_ODDS)
}
