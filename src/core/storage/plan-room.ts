/**
 * The room as planners see it: devices in an order that does not depend on how they were listed, those that can take
 * rows, and how many networks these stand in. Computed once per list of devices, however many objects are planned.
 */
import { LOST_MS } from '../../protocol/limits.ts'
import { type Hours, hoursOf } from './common-hours.ts'
import type { DeviceFacts } from './plan-facts.ts'

export type PlanRoom = {
  readonly byId: ReadonlyMap<string, DeviceFacts>
  /** Devices that may hold rows for the room, best first. */
  readonly places: readonly Place[]
  readonly placeOf: ReadonlyMap<string, Place>
  readonly segments: number
  /** Devices whose copies are replaced. */
  readonly lost: ReadonlySet<string>
  /** The chance that a device's disk still exists, by id; and that it is here when somebody reads. */
  readonly survival: ReadonlyMap<string, number>
  readonly presence: ReadonlyMap<string, number>
  /** The same told apart by the hours in which readers come: plans go by the mean, what is stated by these. */
  readonly hours: readonly Hours[]
  /** Devices whose disks probably still exist; a day's absence is nothing. */
  readonly trusted: ReadonlySet<string>
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

const DAY_MS = 24 * 60 * 60_000
/** Absences are long-tailed (shape 0.45, half a day on average), so that silence tells little at first and more each day. */
const ABSENCE_SHAPE = 0.45
const ABSENCE_MEAN_DAYS = 0.4
/** Gamma(1 + 1/shape). */
const ABSENCE_SCALE_DAYS = ABSENCE_MEAN_DAYS / 2.48

/** However quiet the room was: past this a device is lost. */
const LOST_ANYHOW_MS = 2 * LOST_MS

/**
 * How long a third of the room has been away: when a meeting ends or a night falls, all are away together, and that says
 * nothing about anyone's disk. Those long lost have no say.
 */
function commonAbsence(devices: readonly DeviceFacts[]): number {
  const awayMs = devices.map((device) => device.awayMs).filter((ms) => ms < LOST_ANYHOW_MS)
  return awayMs.sort((a, b) => a - b)[Math.floor(awayMs.length / 3)] ?? 0
}

/** Away so much longer than others that its copies are replaced, whatever was known of it. */
function isLost({ awayMs, lossPerDay }: DeviceFacts, commonMs: number): boolean {
  return awayMs - commonMs >= LOST_MS || awayMs >= LOST_ANYHOW_MS || lossPerDay >= 1
}

/**
 * The chance that the disk of a device still exists, given how much longer than others it has been away: it either left
 * as it often does and stayed away, or was lost then. For one that is nearly always here three days tell, for one that
 * looks in now and then nearly a week.
 */
function survivalOf({ isHere, awayMs, availability, lossPerDay }: DeviceFacts, commonMs: number): number {
  if (isHere || awayMs <= commonMs) return 1
  const stillAway = Math.exp(-(((awayMs - commonMs) / DAY_MS / ABSENCE_SCALE_DAYS) ** ABSENCE_SHAPE))
  const leftAlive = (Math.max(1 - availability, 0.01) / ABSENCE_MEAN_DAYS) * stillAway
  return leftAlive / (leftAlive + Math.min(1, lossPerDay))
}

function read(devices: readonly DeviceFacts[]): PlanRoom {
  // Sums of chances differ in their last digits when they are added in another order.
  const inOrder = devices.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const byId = new Map(inOrder.map((device) => [device.id as string, device]))
  const all = [...byId.values()]
  const commonMs = commonAbsence(all)
  const lost = new Set(all.filter((device) => isLost(device, commonMs)).map(({ id }) => id as string))
  const survival = new Map(all.map((device) => [device.id as string, lost.has(device.id) ? 0 : survivalOf(device, commonMs)]))
  const presence = new Map(all.map((device) => [device.id as string, device.availability * (survival.get(device.id) ?? 0)]))
  const isTrusted = ({ id, awayMs }: DeviceFacts) => !lost.has(id) && (awayMs - commonMs < DAY_MS || (survival.get(id) ?? 0) >= 0.5)
  const trusted = new Set(all.filter(isTrusted).map(({ id }) => id as string))
  const places = all
    .filter((device) => !device.isVisitor && !lost.has(device.id))
    .map((device) => ({
      device,
      isTrusted: trusted.has(device.id),
      grade: gradeOf(presence.get(device.id) ?? 0),
      // A network that is not known is like no other.
      segment: device.segment ?? `of ${device.id}`,
    }))
    .sort((a, b) => b.grade - a.grade || (a.device.id < b.device.id ? -1 : 1))
  return {
    byId,
    lost,
    survival,
    presence,
    hours: hoursOf(all, presence),
    trusted,
    places,
    placeOf: new Map(places.map((place) => [place.device.id as string, place])),
    segments: new Set(places.filter((place) => place.isTrusted).map(({ segment }) => segment)).size,
  }
}

function gradeOf(availability: number): number {
  const sane = Math.min(0.9999, Math.max(0.0001, availability))
  return Math.round(Math.log(sane / (1 - sane)) * GRADES_PER_LOG_ODDS)
}
