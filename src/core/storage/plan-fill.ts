/** Adds what a plan lacks: rows that were lost, rows a worse room needs, and copies in haste when one loss would be one too many. */
import type { DeviceId } from '../../protocol/ids.ts'
import { PLAN_SLOTS } from '../../protocol/limits.ts'
import type { Slot } from './plan-facts.ts'
import { nearSlot, nextSlot } from './plan-places.ts'
import { isHere, isPlain, isShort, keptCopies, rowsOn, type Site, shortageOf, spareIn, without, worstFirst } from './plan-site.ts'

/** A plan is left alone until unavailability is twice what was asked. */
export const REPAIR_SLACK = 2

/** Adds slots until the goal is met, in the way that sends less: row by row, or whole copies where rows bring little. */
export function fill(site: Site, staying: readonly Slot[], self: DeviceId): readonly Slot[] {
  const isNew = site.object.slots.length === 0
  if (!isNew && !isShort(shortageOf(site, staying, REPAIR_SLACK))) return staying
  const near = isNew ? nearSlot(site, self) : undefined
  const start = near === undefined ? staying : [...staying, near]
  const byRows = fillByRows(site, start)
  const { k } = site.object.layout
  if (k === 1 || byRows.length < start.length + k) return byRows

  const byWholes = fillByWholes(site, start)
  if (byWholes === undefined) return byRows
  if (isShort(shortageOf(site, byRows, 1))) return byWholes
  const rowsSent = (slots: readonly Slot[]) => slots.filter(({ row, device }) => (rowsOn(site, device) & (1 << row)) === 0).length
  return (rowsSent(byWholes) - rowsSent(byRows) || byWholes.length - byRows.length) < 0 ? byWholes : byRows
}

/** Brings devices to all they need to read from alone, the best first; nothing when even that does not reach the goal. */
function fillByWholes(site: Site, start: readonly Slot[]): readonly Slot[] | undefined {
  const { k } = site.object.layout
  const added: Slot[] = []
  let slots = start
  for (const { device, isTrusted } of site.room.places) {
    const lacking = isTrusted ? lackingRows(site, slots, device.id, k) : []
    if (slots.length + lacking.length > PLAN_SLOTS) return undefined
    added.push(...lacking)
    slots = [...slots, ...lacking]
    if (lacking.length > 0 && !isShort(shortageOf(site, slots, 1)))
      return without(slots, worstFirst(site, added), (rest) => (isShort(shortageOf(site, rest, 1)) ? 'needed' : 'fine'))
  }
  return undefined
}

/** What was added and turns out unneeded, as better ones followed, goes again. */
function fillByRows(site: Site, start: readonly Slot[]): readonly Slot[] {
  const added: Slot[] = []
  let slots = start
  let short = shortageOf(site, slots, 1)
  while (isShort(short) && slots.length < PLAN_SLOTS) {
    const slot = nextSlot(site, slots, short)
    if (slot === undefined) return slots
    added.push(slot)
    slots = [...slots, slot]
    short = shortageOf(site, slots, 1)
  }
  if (isShort(short)) return slots
  const plain = isPlain(site, slots)
  return without(slots, worstFirst(site, added), (rest) => {
    const less = shortageOf(site, rest, 1)
    if (less.devices || less.chance) return plain ? 'stop' : 'needed'
    return less.segments ? 'needed' : 'fine'
  })
}

/**
 * An object that one loss would take is made safe with those who are here, since a meeting ends for everybody at once:
 * by single rows where that suffices, else by whole copies, which will be spare once the plan is fulfilled.
 */
export function withUrgent(site: Site, planned: readonly Slot[]): readonly Slot[] {
  const { spareDevices } = site.goal
  const { k } = site.object.layout
  if (spareDevices === 0) return planned
  const kept = keptCopies(site)
  const soonWith = (slots: readonly Slot[]) => spareIn(site, [...kept, ...slots.filter(({ device }) => isHere(site, device))])
  if (spareIn(site, kept) >= 1 || soonWith(planned) >= spareDevices) return planned

  const places = site.room.places.map(({ device }) => ({ row: 0, device: device.id })).filter(({ device }) => isHere(site, device))
  const bestFirst = worstFirst(site, places).reverse()
  for (const rowsEach of k === 1 ? [1] : [1, k]) {
    const slots = [...planned]
    for (const { device } of bestFirst) {
      slots.push(...lackingRows(site, [...kept, ...slots], device, rowsEach))
      if (slots.length > PLAN_SLOTS) break
      if (soonWith(slots) >= spareDevices || (rowsEach === k && device === bestFirst.at(-1)?.device)) return slots
    }
  }
  return planned
}

/** Slots that bring a device to `rowsEach` rows, those it has marked first, then the rarest; none when they do not fit. */
function lackingRows(site: Site, all: readonly Slot[], device: DeviceId, rowsEach: number): Slot[] {
  const { object, room, rowBytes } = site
  const has = new Set(all.filter((slot) => slot.device === device).map(({ row }) => row))
  const onDisk = rowsOn(site, device)
  const hasOnDisk = (row: number) => (onDisk >>> row) & 1
  const countOf = (row: number) => all.filter((slot) => slot.row === row).length
  const rows = Array.from({ length: object.layout.rows }, (_, row) => row)
    .filter((row) => !has.has(row))
    .sort((a, b) => hasOnDisk(b) - hasOnDisk(a) || countOf(a) - countOf(b) || a - b)
    .slice(0, Math.max(0, rowsEach - has.size))
  const toSend = rows.filter((row) => hasOnDisk(row) === 0).length
  return (room.byId.get(device)?.freeBytes ?? 0) < toSend * rowBytes ? [] : rows.map((row) => ({ row, device }))
}
