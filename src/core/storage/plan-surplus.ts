/**
 * What is more than needed. A returned copy on a better device takes the place of a worse one; slots beyond the goal
 * end; copies outside the plan are marked, never erased: they stay usable until their device needs the room, and come
 * back to life without traffic.
 */
import type { RowCopy, Slot } from './plan-facts.ts'
import { REPAIR_SLACK } from './plan-fill.ts'
import {
  gradeOf,
  heldHere,
  isKept,
  isPlain,
  isShort,
  keptCopies,
  measure,
  type Site,
  shortageOf,
  spareIn,
  without,
  worstFirst,
} from './plan-site.ts'
import { chanceOfRows } from './row-spread.ts'

/** A slot ends when unavailability without it is still what was asked: half of what makes a plan add one. */
const SHED_SLACK = 1

/** A copy takes another's place when its device is clearly better: half a step in log odds. */
const CLEARLY_BETTER_GRADES = 2

/** Copies on disk on clearly better devices take the place of others on disk: no traffic, and the worse ones become spare. */
export function improve(site: Site, slots: readonly Slot[]): readonly Slot[] {
  if (site.disks.size <= slots.length && slots.every(({ device }) => site.disks.has(device))) return slots
  const used = new Set(slots.map(({ device }) => device))
  let next = slots
  for (const copy of worstFirst(site, spareCopies(site, used)).reverse()) {
    if (used.has(copy.device)) continue
    const [worst] = worstFirst(
      site,
      next.filter((slot) => slot.row === copy.row && isKept(site, slot)),
    )
    if (worst === undefined || gradeOf(site, copy.device) < gradeOf(site, worst.device) + CLEARLY_BETTER_GRADES) continue
    const moved = next.map((slot) => (slot === worst ? { row: copy.row, device: copy.device } : slot))
    if (measure(site, moved).segments < measure(site, next).segments) continue
    used.add(copy.device)
    next = moved
  }
  return next
}

/** Slots beyond the goal go, the least worth first, once what is on disk without them keeps the promise. */
export function shedSurplus(site: Site, slots: readonly Slot[]): readonly Slot[] {
  const { goal, room, object } = site
  const { k } = object.layout
  const before = shortageOf(site, slots, SHED_SLACK)
  if (before.chance || before.devices) return slots
  const plain = isPlain(site, slots)
  if (plain && measure(site, slots).spareDevices <= goal.spareDevices && slots.every((slot) => isKept(site, slot))) return slots
  return without(slots, worstFirst(site, slots), (rest, gone) => {
    const short = shortageOf(site, rest, SHED_SLACK)
    if (short.devices || short.chance) return plain ? 'stop' : 'needed'
    if (short.segments && measure(site, rest).segments < measure(site, slots).segments) return 'needed'
    const onDisk = rest.filter((slot) => isKept(site, slot))
    if (spareIn(site, onDisk) < goal.spareDevices) return 'needed'
    if (!isKept(site, gone) || goal.target === undefined) return 'fine'
    return chanceOfRows(heldHere(onDisk, room), k) >= goal.target ? 'fine' : 'needed'
  })
}

/** Kept copies outside the plan, the least worth first; none before the plan is fulfilled and reaches its goal. */
export function surplusOf(site: Site, slots: readonly Slot[]): RowCopy[] {
  if (slots.length === 0 || !slots.every((slot) => isKept(site, slot))) return []
  const kept = keptCopies(site)
  if (kept.length === slots.length || isShort(shortageOf(site, slots, REPAIR_SLACK))) return []
  const surplus = kept.filter((copy) => !slots.some(({ row, device }) => row === copy.row && device === copy.device))
  return worstFirst(site, surplus)
}

function spareCopies({ disks, room, object }: Site, used: ReadonlySet<string>): Slot[] {
  const copies: Slot[] = []
  for (const [device, { kept, marked }] of disks) {
    if (used.has(device) || !room.placeOf.get(device)?.isTrusted) continue
    for (let row = 0; row < object.layout.rows; row++) if (((kept | marked) & (1 << row)) !== 0) copies.push({ row, device })
  }
  return copies
}
