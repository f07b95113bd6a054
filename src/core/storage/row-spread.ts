/**
 * What rows on devices are worth: the chance that k different rows are there, and how many devices may be lost,
 * whichever they are. Devices come and go independently; rows on one device come and go together, copies of one row
 * stand in for each other. Exact while at most `PARTIAL_DEVICES` devices hold several rows but not enough to read from;
 * of further ones a single row is counted, which states less than the truth.
 */
import { atLeast } from './poisson-binomial.ts'

/** `chance`: that this device is there. The same for all rows of one device. */
export type Held = { readonly row: number; readonly device: string; readonly chance: number }

export type Worth = { readonly chance: number; readonly spareDevices: number }

/** Rows as bits: OBJECT_ROWS is 32. */
type Holder = { readonly chance: number; rows: number }

type Spread = {
  /** Chances of devices that suffice alone. */
  readonly wholes: readonly number[]
  readonly partials: readonly Holder[]
  readonly singles: readonly Holder[]
}

/** Each doubles the work: 64 cases at most. Plans put one row on a device, so several are rare and few. */
const PARTIAL_DEVICES = 6

/** `spareDevices` -1: there are not even k rows. */
export function worthOf(held: readonly Held[], k: number): Worth {
  const spread = spreadOf(held, k)
  return { chance: chanceOf(spread, k), spareDevices: spareOf(spread, k) }
}

/** The chance that at least k different rows are there. */
export function chanceOfRows(held: readonly Held[], k: number): number {
  return chanceOf(spreadOf(held, k), k)
}

/** How many devices may go, whichever they are, so that k rows remain; -1: there are not even k rows now. */
export function spareDevicesOf(held: readonly Held[], k: number): number {
  return spareOf(spreadOf(held, k), k)
}

function chanceOf({ wholes, partials, singles }: Spread, k: number): number {
  let noWhole = 1
  for (const chance of wholes) noWhole *= 1 - chance
  if (partials.length === 0 && singles.length < k) return 1 - noWhole

  let rest = 0
  for (let there = 0; there < 1 << partials.length; there++) {
    let weight = 1
    let rows = 0
    for (const [n, holder] of partials.entries()) {
      const isThere = (there & (1 << n)) !== 0
      weight *= isThere ? holder.chance : 1 - holder.chance
      if (isThere) rows |= holder.rows
    }
    if (weight > 0) rest += weight * atLeast(rowChances(singles, rows), k - countBits(rows))
  }
  return 1 - noWhole * (1 - Math.min(1, rest))
}

function spareOf({ wholes, partials, singles }: Spread, k: number): number {
  let fewest = Number.POSITIVE_INFINITY
  for (let gone = 0; gone < 1 << partials.length; gone++) {
    let rows = 0
    for (const [n, holder] of partials.entries()) if ((gone & (1 << n)) === 0) rows |= holder.rows
    fewest = Math.min(fewest, countBits(gone) + singlesToLose(singles, rows, k))
  }
  return wholes.length + fewest - 1
}

/** Single-row devices that must go until fewer than k rows remain beside `rows`, the rarest rows first. */
function singlesToLose(singles: readonly Holder[], rows: number, k: number): number {
  const staying = countBits(rows)
  if (staying >= k) return Number.POSITIVE_INFINITY
  const counts = new Uint16Array(32)
  let different = 0
  for (const holder of singles) {
    if ((holder.rows & rows) !== 0) continue
    const row = 31 - Math.clz32(holder.rows)
    if (counts[row] === 0) different += 1
    counts[row] = (counts[row] as number) + 1
  }
  const rowsToLose = Math.max(0, staying + different - k + 1)
  const rarestFirst = counts.filter((count) => count > 0).sort()
  return rarestFirst.subarray(0, rowsToLose).reduce((sum, count) => sum + count, 0)
}

/** The chance of each row that is not among `rows`: copies of one row are one thing. */
function rowChances(singles: readonly Holder[], rows: number): number[] {
  const absent = new Float64Array(32).fill(1)
  let present = 0
  for (const holder of singles) {
    if ((holder.rows & rows) !== 0) continue
    const row = 31 - Math.clz32(holder.rows)
    absent[row] = (absent[row] as number) * (1 - holder.chance)
    present |= holder.rows
  }
  const chances: number[] = []
  for (let rest = present; rest !== 0; rest &= rest - 1) chances.push(1 - (absent[31 - Math.clz32(rest & -rest)] as number))
  return chances
}

function spreadOf(held: readonly Held[], k: number): Spread {
  const holders = new Map<string, Holder>()
  for (const { row, device, chance } of held) {
    const holder = holders.get(device)
    if (holder === undefined) holders.set(device, { chance, rows: 1 << row })
    else holder.rows |= 1 << row
  }
  const wholes: number[] = []
  const partials: Holder[] = []
  const singles: Holder[] = []
  for (const holder of holders.values()) {
    if (k === 1 || countBits(holder.rows) >= k) wholes.push(holder.chance)
    else if ((holder.rows & (holder.rows - 1)) === 0) singles.push(holder)
    else partials.push(holder)
  }
  if (partials.length <= PARTIAL_DEVICES) return { wholes, partials, singles }
  const counted = partials.toSorted((a, b) => countBits(b.rows) - countBits(a.rows) || b.chance - a.chance)
  const cut = counted.splice(PARTIAL_DEVICES).map(({ chance, rows }) => ({ chance, rows: rows & -rows }))
  return { wholes, partials: counted, singles: [...singles, ...cut] }
}

export function countBits(bits: number): number {
  let rest = bits - ((bits >>> 1) & 0x55555555)
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333)
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
