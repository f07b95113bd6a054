/**
 * Where the next row goes. What a device has on disk already costs nothing, so that comes first; then the devices that
 * are here most often; among equals chance by hash deals objects out evenly. Each device gets one row as long as there
 * are devices without.
 */
import type { DeviceId } from '../../protocol/ids.ts'
import type { Slot } from './plan-facts.ts'
import type { Place } from './plan-room.ts'
import { allRows, gradeOf, measure, rowsOn, type Shortage, type Site } from './plan-site.ts'
import { countBits } from './row-spread.ts'
import { stableHash } from './stable-hash.ts'

type Option = { readonly place: Place; readonly row: number; readonly isFree: boolean; readonly isNovel: boolean }

/**
 * Devices this much better than any without a row may get a further row instead: a second half on a device that is
 * nearly always here is worth more than one with somebody who looks in now and then.
 */
const WORLDS_APART_GRADES = 14

/** A row on another device; or a further row on one of those, when devices are used up or when it brings far more. */
export function nextSlot(site: Site, slots: readonly Slot[], short: Shortage): Slot | undefined {
  const elsewhere = slotElsewhere(site, slots, short)
  if (site.object.layout.k === 1 || (short.segments && !short.devices && !short.chance)) return elsewhere
  if (elsewhere !== undefined && !short.chance) return elsewhere
  const further = furtherRow(site, slots)
  if (elsewhere === undefined || further === undefined) return elsewhere ?? further
  if (gradeOf(site, further.device) < gradeOf(site, elsewhere.device) + WORLDS_APART_GRADES) return elsewhere
  const chanceWith = (slot: Slot) => measure(site, [...slots, slot]).chance
  return chanceWith(further) > chanceWith(elsewhere) ? further : elsewhere
}

/** The best device without a row, and the row it would get. */
export function slotElsewhere(site: Site, slots: readonly Slot[], short: Shortage): Slot | undefined {
  const taken = rowsByDevice(slots)
  const wanted = rarestRows(slots, site.object.layout.rows)
  const segments = new Set(slots.map(({ device }) => site.room.placeOf.get(device)?.segment))
  const onlyNovel = short.segments && !short.devices && !short.chance
  let best: Option | undefined
  for (const place of site.room.places) {
    if (taken.has(place.device.id) || !place.isTrusted) continue
    const isNovel = short.segments && !segments.has(place.segment)
    if (onlyNovel && !isNovel) continue
    const option = optionAt(site, place, wanted, isNovel)
    if (option !== undefined && (best === undefined || isBetter(site, option, best))) best = option
  }
  return best === undefined ? undefined : { row: best.row, device: best.place.device.id }
}

/** The first row of an object, near whoever adds it: on that device or in its network, else where the way is shortest. */
export function nearSlot(site: Site, self: DeviceId): Slot | undefined {
  const { room } = site
  const own = room.byId.get(self)?.segment
  const wanted = rarestRows([], site.object.layout.rows)
  const able = room.places.filter((place) => place.isTrusted && optionAt(site, place, wanted, false) !== undefined)
  const near = able
    .filter(({ device }) => device.id === self || (own !== undefined && device.segment === own))
    .sort((a, b) => Number(b.device.isHere) - Number(a.device.isHere) || b.grade - a.grade || dealt(site, a, b))
  const byWay = able
    .filter(({ device }) => device.rttMs !== undefined)
    .sort((a, b) => (a.device.rttMs as number) - (b.device.rttMs as number) || dealt(site, a, b))
  const place = near[0] ?? byWay[0]
  const option = place === undefined ? undefined : optionAt(site, place, wanted, false)
  return option === undefined ? undefined : { row: option.row, device: option.place.device.id }
}

/** A device may take further rows until it has enough to read from alone. */
function furtherRow(site: Site, slots: readonly Slot[]): Slot | undefined {
  const { k, rows } = site.object.layout
  const taken = rowsByDevice(slots)
  const rowsOf = ({ device }: Place) => taken.get(device.id) ?? 0
  const able = site.room.places
    .filter((place) => place.isTrusted && rowsOf(place) !== 0 && countBits(rowsOf(place)) < k)
    .sort((a, b) => b.grade - a.grade || countBits(rowsOf(b)) - countBits(rowsOf(a)) || dealt(site, a, b))
  for (const place of able) {
    const lacking = slots.filter(({ device }) => device !== place.device.id)
    const open = allRows(rows) & ~rowsOf(place)
    const option = optionAt(site, place, rarestRows(lacking, rows, open), false)
    if (option !== undefined) return { row: option.row, device: place.device.id }
  }
  return undefined
}

/** One of the rows `wanted`, as bits: one that is there already if possible. */
function optionAt(site: Site, place: Place, wanted: number, isNovel: boolean): Option | undefined {
  const { device } = place
  const onDisk = wanted & rowsOn(site, device.id)
  if (onDisk === 0 && device.freeBytes < site.rowBytes) return undefined
  const kept = wanted & (site.disks.get(device.id)?.kept ?? 0)
  const rows = kept || onDisk || wanted
  return rows === 0 ? undefined : { place, row: 31 - Math.clz32(rows & -rows), isFree: onDisk !== 0, isNovel }
}

function isBetter(site: Site, a: Option, b: Option): boolean {
  if (a.isNovel !== b.isNovel) return a.isNovel
  if (a.isFree !== b.isFree) return a.isFree
  return a.place.grade !== b.place.grade ? a.place.grade > b.place.grade : dealt(site, a.place, b.place) < 0
}

/** A different order for every object. */
export function dealt({ object }: Site, a: Place, b: Place): number {
  return stableHash(object.id, a.device.id) - stableHash(object.id, b.device.id) || (a.device.id < b.device.id ? -1 : 1)
}

/** Of the rows `open`, those that fewest slots are for; all as bits. */
function rarestRows(slots: readonly Slot[], rows: number, open = allRows(rows)): number {
  const counts = new Uint16Array(rows)
  for (const { row } of slots) counts[row] = (counts[row] ?? 0) + 1
  let fewest = Number.POSITIVE_INFINITY
  let rarest = 0
  for (let row = 0; row < rows; row++) {
    const count = counts[row] as number
    if ((open & (1 << row)) === 0 || count > fewest) continue
    rarest = count < fewest ? 1 << row : rarest | (1 << row)
    fewest = count
  }
  return rarest
}

function rowsByDevice(slots: readonly Slot[]): Map<DeviceId, number> {
  const masks = new Map<DeviceId, number>()
  for (const { row, device } of slots) masks.set(device, (masks.get(device) ?? 0) | (1 << row))
  return masks
}
