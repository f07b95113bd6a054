/** The least storage that reaches a target when all availabilities are known: exact, by trying every k and every number of rows. */
import { atLeast } from '../../../src/core/storage/poisson-binomial.ts'

export type Optimum = { readonly k: number; readonly rows: number; readonly isReached: boolean }

const ROWS_MAX = 32
const SPARE = 2

/** Rows on the best devices are best: the chance of k of them rises with each device's own. Second copies of a row never beat a further row. */
export function optimumOf(availabilities: readonly number[], target: number): Optimum {
  const best = availabilities.toSorted((a, b) => b - a)
  let least: Optimum = { k: 1, rows: best.length, isReached: false }
  for (let k = 1; k <= ROWS_MAX; k++) {
    for (let rows = Math.min(best.length, k + SPARE); rows <= Math.min(best.length, k === 1 ? best.length : ROWS_MAX); rows++) {
      if (rows < k || atLeast(best.slice(0, rows), k) < target) continue
      if (!least.isReached || rows / k < least.rows / least.k) least = { k, rows, isReached: true }
      break
    }
  }
  return least
}
