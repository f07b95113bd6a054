/** What one call of the planner works with: the object, the room, and what lies on whose disk, as bits per device. */
import type { DeviceId } from '../../protocol/ids.ts'
import { CHUNK_BYTES } from '../../protocol/limits.ts'
import { fragmentBytesOf, rowBytesOf } from './layout.ts'
import type { DeviceFacts, ObjectFacts, RowCopy, Slot } from './plan-facts.ts'
import type { PlanGoal } from './plan-goal.ts'
import type { PlanRoom } from './plan-room.ts'
import { chanceOfRows, type Held, spareDevicesOf, worthOf } from './row-spread.ts'

export type Site = {
  readonly object: ObjectFacts
  readonly room: PlanRoom
  readonly goal: PlanGoal
  /** Of devices the room knows. */
  readonly disks: ReadonlyMap<DeviceId, Disk>
  readonly rowBytes: number
  readonly measured: Map<readonly Slot[], Measure>
}

export type Disk = { kept: number; marked: number }

export type Measure = { readonly chance: number; readonly spareDevices: number; readonly segments: number }

/** What a plan lacks against its goal. */
export type Shortage = { readonly devices: boolean; readonly chance: boolean; readonly segments: boolean }

export function siteOf(object: ObjectFacts, room: PlanRoom, goal: PlanGoal): Site {
  const disks = new Map<DeviceId, Disk>()
  for (const { row, device, state } of object.copies) {
    if (row >= object.layout.rows || !room.byId.has(device)) continue
    const disk = disks.get(device)
    if (disk !== undefined) disk[state] |= 1 << row
    else disks.set(device, { kept: state === 'kept' ? 1 << row : 0, marked: state === 'marked' ? 1 << row : 0 })
  }
  return { object, room, goal, disks, rowBytes: rowBytesOf(object.bytes, object.layout.k), measured: new Map() }
}

export function isKept({ disks }: Site, { row, device }: Slot): boolean {
  return ((disks.get(device)?.kept ?? 0) & (1 << row)) !== 0
}

export function isMarked(site: Site, slot: Slot): boolean {
  return ((site.disks.get(slot.device)?.marked ?? 0) & (1 << slot.row)) !== 0 && !isKept(site, slot)
}

export function isHere({ room }: Site, device: DeviceId): boolean {
  return room.byId.get(device)?.isHere === true
}

/** Kept and marked rows of a device, as bits. */
export function rowsOn({ disks }: Site, device: DeviceId): number {
  const disk = disks.get(device)
  return disk === undefined ? 0 : disk.kept | disk.marked
}

/** As bits: OBJECT_ROWS is 32. */
export function allRows(rows: number): number {
  return rows === 32 ? -1 : (1 << rows) - 1
}

/** Kept rows on disks that may come back. */
export function keptCopies({ disks, room, object }: Site): RowCopy[] {
  const copies: RowCopy[] = []
  for (const [device, { kept }] of disks) {
    if (room.lost.has(device)) continue
    for (let row = 0; row < object.layout.rows; row++) if ((kept & (1 << row)) !== 0) copies.push({ row, device, state: 'kept' })
  }
  return copies
}

/** A slot stays while its device can hold it: what it has it has, for what it fetches it needs room for a fragment more. */
export function canStay(site: Site, { row, device }: Slot): boolean {
  const place = site.room.placeOf.get(device)
  const { layout } = site.object
  if (place === undefined || row >= layout.rows) return false
  const isThere = (rowsOn(site, device) & (1 << row)) !== 0
  return isThere || place.device.freeBytes >= Math.min(site.rowBytes, fragmentBytesOf(CHUNK_BYTES, layout.k))
}

export function measure(site: Site, slots: readonly Slot[]): Measure {
  const known = site.measured.get(slots)
  if (known !== undefined) return known
  const { k } = site.object.layout
  const trusted = slots.filter(({ device }) => site.room.placeOf.get(device)?.isTrusted)
  const held = heldHere(slots, site.room)
  const segments = new Set(trusted.map(({ device }) => site.room.placeOf.get(device)?.segment)).size
  const found =
    trusted.length === slots.length
      ? { ...worthOf(held, k), segments }
      : { chance: chanceOfRows(held, k), spareDevices: spareDevicesOf(heldHere(trusted, site.room), k), segments }
  site.measured.set(slots, found)
  return found
}

/** `slack` 1 holds to the letter; 2 forgives twice the unavailability asked for. */
export function shortageOf(site: Site, slots: readonly Slot[], slack: number): Shortage {
  const { goal, room } = site
  const found = measure(site, slots)
  return {
    devices: found.spareDevices < goal.spareDevices,
    chance: goal.target !== undefined && 1 - found.chance > (1 - goal.target) * slack,
    segments: found.segments < Math.min(goal.segments, room.segments),
  }
}

/** One row on each device, each a different one or all copies: then what cannot spare the worst of them can spare none. */
export function isPlain({ object }: Site, slots: readonly Slot[]): boolean {
  if (new Set(slots.map(({ device }) => device)).size < slots.length) return false
  return object.layout.k === 1 || new Set(slots.map(({ row }) => row)).size === slots.length
}

export function isShort({ devices, chance, segments }: Shortage): boolean {
  return devices || chance || segments
}

/** Of devices whose disks probably still exist. */
export function spareIn({ object, room }: Site, slots: readonly Slot[]): number {
  const trusted = slots.filter(({ device }) => room.trusted.has(device))
  return spareDevicesOf(heldHere(trusted, room), object.layout.k)
}

/** With the chances of being here. */
export function heldHere(slots: readonly Slot[], room: PlanRoom): Held[] {
  return heldBy(slots, room, ({ id }) => room.presence.get(id) ?? 0)
}

/** `chance` of a device: of being here, or of surviving. Devices the room does not know hold nothing. */
export function heldBy(slots: readonly Slot[], room: PlanRoom, chance: (device: DeviceFacts) => number): Held[] {
  const held: Held[] = []
  for (const { row, device } of slots) {
    const facts = room.byId.get(device)
    if (facts !== undefined) held.push({ row, device, chance: Math.min(1, Math.max(0, chance(facts))) })
  }
  return held
}

/** Devices that take nothing any more, then those that are here least; of one device the later rows. */
export function worstFirst<S extends Slot>(site: Site, slots: readonly S[]): S[] {
  return [...slots].sort((a, b) => gradeOf(site, a.device) - gradeOf(site, b.device) || inOrder(b, a))
}

export function gradeOf({ room }: Site, device: DeviceId): number {
  return room.placeOf.get(device)?.grade ?? Number.NEGATIVE_INFINITY
}

export function inOrder(a: Slot, b: Slot): number {
  return a.row - b.row || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0)
}

/** Takes slots out one by one, in the order given, as long as what remains is fine; `stop`: no later one can be. */
export function without(
  slots: readonly Slot[],
  order: readonly Slot[],
  judge: (rest: readonly Slot[], gone: Slot) => 'fine' | 'needed' | 'stop',
): readonly Slot[] {
  let left = slots
  for (const gone of order) {
    const rest = left.filter((slot) => slot !== gone)
    const verdict = judge(rest, gone)
    if (verdict === 'stop') break
    if (verdict === 'fine') left = rest
  }
  return left
}
