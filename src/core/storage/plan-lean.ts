/**
 * What a plan should have become. One that was patched row by row, as devices came, were lost and became known, may store
 * far more than the room needs by now. The fewest rows that would do are worked out afresh, and the plan goes there: at
 * once when they are on disk, else by sending no more rows than it will then be rid of.
 */
import type { DeviceId } from '../../protocol/ids.ts'
import type { Slot } from './plan-facts.ts'
import { REPAIR_SLACK } from './plan-fill.ts'
import { dealt, slotElsewhere } from './plan-places.ts'
import type { Place } from './plan-room.ts'
import { allRows, isKept, isMarked, isShort, rowsOn, type Site, shortageOf } from './plan-site.ts'
import { addTo, sumOf } from './poisson-binomial.ts'
import { countBits } from './row-spread.ts'

/** Estimates waver, and a row added in a bad week must not stay for good: for this much less, a plan misses its target by so much. */
const CLEARLY_LESS = 0.8
const CLEARLY_LESS_SLACK = 1.25

/** Whole copies on the best devices, one row each on the next. */
type Shape = { readonly wholes: readonly Place[]; readonly singles: readonly Place[]; readonly rows: number }

/** Only what reached its goal and came to rest is made leaner. */
export function leaner(site: Site, slots: readonly Slot[]): readonly Slot[] {
  if (site.goal.target === undefined || isShort(shortageOf(site, slots, REPAIR_SLACK))) return slots
  if (!slots.every((slot) => isKept(site, slot))) return slots
  const allowed = 1 - site.goal.target
  const lean =
    fewestSlots(site, allowed * CLEARLY_LESS_SLACK, Math.floor(slots.length * CLEARLY_LESS)) ?? fewestSlots(site, allowed, slots.length - 1)
  if (lean === undefined) return slots
  const missing = lean.filter(({ row, device }) => (rowsOn(site, device) & (1 << row)) === 0)
  if (missing.length === 0) return lean
  return missing.length <= slots.length - lean.length ? [...slots, ...missing] : slots
}

/** The fewest that miss no more than that and reach the rest of the goal, if `most` suffice. */
function fewestSlots(site: Site, unavailability: number, most: number): readonly Slot[] | undefined {
  const { k } = site.object.layout
  const able = site.room.places
    .filter((place) => place.isTrusted && canHold(site, place, 1))
    .sort((a, b) => b.grade - a.grade || Number(isOn(site, b)) - Number(isOn(site, a)) || dealt(site, a, b))
  const forWholes = k === 1 ? [] : able.filter((place) => canHold(site, place, k))
  const shapes: Shape[] = []
  for (let count = 0; count * k <= most && count <= forWholes.length; count++) {
    const wholes = forWholes.slice(0, count)
    const others = able.filter((place) => !wholes.includes(place))
    const singles = singlesBeside(site, wholes, others, unavailability, most - count * k)
    if (singles !== undefined) shapes.push({ wholes, singles, rows: count * k + singles.length })
  }
  for (const shape of shapes.sort((a, b) => a.rows - b.rows || a.wholes.length - b.wholes.length)) {
    const slots = inMoreNetworks(site, slotsOf(site, shape), most)
    if (slots !== undefined) return slots
  }
  return undefined
}

/** As few as give the chance and the spare devices asked for; networks come later. */
function singlesBeside(
  { object, room, goal }: Site,
  wholes: readonly Place[],
  others: readonly Place[],
  unavailability: number,
  most: number,
): readonly Place[] | undefined {
  const { k, rows } = object.layout
  const presenceOf = ({ device }: Place) => room.presence.get(device.id) ?? 0
  const noWhole = wholes.reduce((chance, place) => chance * (1 - presenceOf(place)), 1)
  const chances = new Float64Array(k)
  chances[0] = 1
  const end = Math.min(most, others.length, k === 1 ? most : rows)
  for (let count = 0; count <= end; count++) {
    if (count > 0) addTo(chances, presenceOf(others[count - 1] as Place))
    const spareDevices = wholes.length + Math.max(0, count - k + 1) - 1
    if (spareDevices >= goal.spareDevices && noWhole * sumOf(chances) <= unavailability) return others.slice(0, count)
  }
  return undefined
}

/** With a row in each network it still lacks; nothing when that takes too many. */
function inMoreNetworks(site: Site, start: readonly Slot[], most: number): readonly Slot[] | undefined {
  let slots = start
  let short = shortageOf(site, slots, CLEARLY_LESS_SLACK)
  while (isShort(short)) {
    if (short.devices || short.chance || slots.length >= most) return undefined
    const further = slotElsewhere(site, slots, short)
    if (further === undefined) return undefined
    slots = [...slots, further]
    short = shortageOf(site, slots, CLEARLY_LESS_SLACK)
  }
  return slots
}

/** Singles get a row of their own each, one they have if possible; who has fewest chooses first. */
function slotsOf(site: Site, { wholes, singles }: Shape): Slot[] {
  const { k, rows } = site.object.layout
  if (k === 1) return singles.map(({ device }) => ({ row: 0, device: device.id }))
  const slots = wholes.flatMap(({ device }) => wholeOn(site, device.id))
  let open = allRows(rows)
  const take = (place: Place, wanted: number) => {
    const row = 31 - Math.clz32(wanted & -wanted)
    open &= ~(1 << row)
    slots.push({ row, device: place.device.id })
  }
  const choosy = singles.toSorted((a, b) => countBits(rowsOn(site, a.device.id)) - countBits(rowsOn(site, b.device.id)))
  const later: Place[] = []
  for (const place of choosy) {
    const kept = open & (site.disks.get(place.device.id)?.kept ?? 0)
    const onDisk = kept || open & rowsOn(site, place.device.id)
    if (onDisk === 0) later.push(place)
    else take(place, onDisk)
  }
  for (const place of later) take(place, open)
  return slots
}

function wholeOn(site: Site, device: DeviceId): Slot[] {
  const { k, rows } = site.object.layout
  const worthOf = (slot: Slot) => (isKept(site, slot) ? 2 : isMarked(site, slot) ? 1 : 0)
  const all = Array.from({ length: rows }, (_, row) => ({ row, device }))
  return all.sort((a, b) => worthOf(b) - worthOf(a) || a.row - b.row).slice(0, k)
}

function canHold(site: Site, { device }: Place, rows: number): boolean {
  return device.freeBytes >= (rows - countBits(rowsOn(site, device.id))) * site.rowBytes
}

function isOn(site: Site, { device }: Place): boolean {
  return rowsOn(site, device.id) !== 0
}
