/**
 * What this device does with its rows of an object: which it shall have, which it still lacks, which marked ones come
 * back into use, and which it holds beyond the plan. Surplus is let go of only when every slot of the plan is held, so
 * rows on the only device that has them are never surplus.
 */
import type { DeviceId } from '../../protocol/ids.ts'
import type { Slot } from './plan-facts.ts'

export type RowWish = {
  readonly device: DeviceId
  readonly k: number
  readonly slots: readonly Slot[]
  /** Devices that keep each row, this one too: what they announced, without rows that have holes. */
  readonly keepers: ReadonlyMap<number, ReadonlySet<DeviceId>>
  /** The person wants all of it here. */
  readonly isPinned: boolean
  /** What this device has, kept and marked; rows with holes are not whole and do not stand here. */
  readonly kept: ReadonlySet<number>
  readonly marked: ReadonlySet<number>
}

export type RowDeeds = {
  readonly want: readonly number[]
  readonly lacking: readonly number[]
  readonly revive: readonly number[]
  readonly surplus: readonly number[]
}

export function ownRows({ device, k, slots, keepers, isPinned, kept, marked }: RowWish): RowDeeds {
  const want = new Set(slots.filter((slot) => slot.device === device).map(({ row }) => row))
  if (isPinned) for (const row of rowsForWhole(k, want, kept, marked)) want.add(row)
  const lacking = [...want].filter((row) => !kept.has(row) && !marked.has(row))
  const isFulfilled = lacking.length === 0 && slots.length > 0 && slots.every((slot) => keepers.get(slot.row)?.has(slot.device) === true)
  return {
    want: [...want].sort(byNumber),
    lacking: lacking.sort(byNumber),
    revive: [...want].filter((row) => marked.has(row)).sort(byNumber),
    surplus: isFulfilled ? [...kept].filter((row) => !want.has(row)).sort(byNumber) : [],
  }
}

/** k rows read the object alone: what is here already, then those that need no decoding. */
function rowsForWhole(k: number, want: ReadonlySet<number>, kept: ReadonlySet<number>, marked: ReadonlySet<number>): readonly number[] {
  const data = Array.from({ length: k }, (_, row) => row)
  const all = [...want, ...data.filter((row) => kept.has(row)), ...kept, ...data.filter((row) => marked.has(row)), ...marked, ...data]
  return [...new Set(all)].slice(0, Math.max(k, want.size))
}

function byNumber(a: number, b: number): number {
  return a - b
}
