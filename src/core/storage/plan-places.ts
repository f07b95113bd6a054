/**
 * Where the next row goes. What a device has on disk already costs nothing, so that comes first; then the devices that
 * are here most often; among equals chance by hash deals objects out evenly. Each device gets one row as long as there
 * are devices without.
 */
import type { DeviceId } from '../../protocol/ids.ts'
import { CHUNK_BYTES } from '../../protocol/limits.ts'
import { fragmentBytesOf, rowBytesOf } from './layout.ts'
import type { ObjectFacts, RowCopy, Slot } from './plan-facts.ts'
import type { Shortage } from './plan-measure.ts'
import type { Place, PlanRoom } from './plan-room.ts'
import { countBits } from './row-spread.ts'
import { stableHash } from './stable-hash.ts'

/** What one call of the planner works with. */
export type Site = {
  readonly object: ObjectFacts
  readonly room: PlanRoom
  /** By `row/device`. */
  readonly copies: ReadonlyMap<string, RowCopy>
  readonly rowsOf: ReadonlyMap<string, number>
}

type Option = { readonly place: Place; readonly row: number; readonly isFree: boolean; readonly isNovel: boolean; readonly hash: number }

export function siteOf(object: ObjectFacts, room: PlanRoom): Site {
  const copies = new Map<string, RowCopy>()
  const rowsOf = new Map<string, number>()
  for (const copy of object.copies) {
    if (copy.row >= object.layout.rows || !room.byId.has(copy.device)) continue
    copies.set(keyOf(copy), copy)
    rowsOf.set(copy.device, (rowsOf.get(copy.device) ?? 0) | (1 << copy.row))
  }
  return { object, room, copies, rowsOf }
}

export function keyOf({ row, device }: Slot): string {
  return `${row}/${device}`
}

export function isKept(site: Site, slot: Slot): boolean {
  return site.copies.get(keyOf(slot))?.state === 'kept'
}

/** A slot stays while its device can hold it: what it holds it holds, what it fetches needs room for a fragment more. */
export function canStay(site: Site, slot: Slot): boolean {
  const place = site.room.placeOf.get(slot.device)
  if (place === undefined || slot.row >= site.object.layout.rows) return false
  const { bytes, layout } = site.object
  const fragmentBytes = Math.min(rowBytesOf(bytes, layout.k), fragmentBytesOf(CHUNK_BYTES, layout.k))
  return site.copies.has(keyOf(slot)) || place.device.freeBytes >= fragmentBytes
}

export function nextSlot(site: Site, slots: readonly Slot[], short: Shortage): Slot | undefined {
  const taken = maskByDevice(slots)
  const segments = new Set(slots.map(({ device }) => site.room.placeOf.get(device)?.segment))
  const onlyNovel = short.segments && !short.devices && !short.chance
  let best: Option | undefined
  for (const place of site.room.places) {
    if (taken.has(place.device.id)) continue
    const isNovel = short.segments && !segments.has(place.segment)
    if (onlyNovel && !isNovel) continue
    const option = optionAt(site, place, slots, isNovel)
    if (option !== undefined && (best === undefined || isBetter(option, best))) best = option
  }
  if (best !== undefined) return { row: best.row, device: best.place.device.id }
  return onlyNovel ? undefined : secondRow(site, slots, taken)
}

/** The first row of an object, near whoever adds it: on that device or in its network, else where the way is shortest. */
export function nearSlot(site: Site, self: DeviceId): Slot | undefined {
  const { room } = site
  const own = room.byId.get(self)
  const isNear = ({ device }: Place) => device.id === self || (own?.segment !== undefined && device.segment === own.segment)
  const able = room.places.filter((place) => optionAt(site, place, [], false) !== undefined)
  const near = able
    .filter(isNear)
    .sort((a, b) => Number(b.device.isHere) - Number(a.device.isHere) || b.grade - a.grade || orderOf(site, a, b))
  const byWay = able
    .filter(({ device }) => device.rttMs !== undefined)
    .sort((a, b) => (a.device.rttMs as number) - (b.device.rttMs as number) || orderOf(site, a, b))
  const place = near[0] ?? byWay[0]
  const option = place === undefined ? undefined : optionAt(site, place, [], false)
  return option === undefined ? undefined : { row: option.row, device: option.place.device.id }
}

/** With devices used up, a device may take further rows until it has enough to read from alone. */
function secondRow(site: Site, slots: readonly Slot[], taken: ReadonlyMap<string, number>): Slot | undefined {
  const { k, rows } = site.object.layout
  const counts = rowCounts(slots, rows)
  const able = site.room.places
    .filter(({ device }) => taken.has(device.id) && countBits(taken.get(device.id) ?? 0) < k)
    .sort(
      (a, b) => countBits(taken.get(a.device.id) ?? 0) - countBits(taken.get(b.device.id) ?? 0) || b.grade - a.grade || orderOf(site, a, b),
    )
  for (const { device } of able) {
    const mine = taken.get(device.id) ?? 0
    const lacking = counts.map((count, row) => ({ count, row })).filter(({ row }) => (mine & (1 << row)) === 0)
    const [first] = lacking.sort(
      (a, b) => a.count - b.count || Number(has(site, b.row, device.id)) - Number(has(site, a.row, device.id)) || a.row - b.row,
    )
    if (first !== undefined && (has(site, first.row, device.id) || fits(site, device.freeBytes)))
      return { row: first.row, device: device.id }
  }
  return undefined
}

function optionAt(site: Site, place: Place, slots: readonly Slot[], isNovel: boolean): Option | undefined {
  const counts = rowCounts(slots, site.object.layout.rows)
  const fewest = Math.min(...counts)
  const wanted = counts.flatMap((count, row) => (count === fewest ? row : []))
  const onDisk = wanted.filter((row) => has(site, row, place.device.id))
  const isFree = onDisk.length > 0
  if (!isFree && !fits(site, place.device.freeBytes)) return undefined
  const kept = onDisk.filter((row) => isKept(site, { row, device: place.device.id }))
  const row = kept[0] ?? onDisk[0] ?? wanted[0]
  return row === undefined ? undefined : { place, row, isFree, isNovel, hash: stableHash(site.object.id, place.device.id) }
}

function isBetter(a: Option, b: Option): boolean {
  if (a.isNovel !== b.isNovel) return a.isNovel
  if (a.isFree !== b.isFree) return a.isFree
  if (a.place.grade !== b.place.grade) return a.place.grade > b.place.grade
  return a.hash !== b.hash ? a.hash < b.hash : a.place.device.id < b.place.device.id
}

function orderOf({ object }: Site, a: Place, b: Place): number {
  return stableHash(object.id, a.device.id) - stableHash(object.id, b.device.id)
}

function has(site: Site, row: number, device: DeviceId): boolean {
  return ((site.rowsOf.get(device) ?? 0) & (1 << row)) !== 0
}

function fits({ object }: Site, freeBytes: number): boolean {
  return freeBytes >= rowBytesOf(object.bytes, object.layout.k)
}

function rowCounts(slots: readonly Slot[], rows: number): number[] {
  const counts = new Array<number>(rows).fill(0)
  for (const { row } of slots) counts[row] = (counts[row] ?? 0) + 1
  return counts
}

function maskByDevice(slots: readonly Slot[]): Map<string, number> {
  const masks = new Map<string, number>()
  for (const { row, device } of slots) masks.set(device, (masks.get(device) ?? 0) | (1 << row))
  return masks
}
