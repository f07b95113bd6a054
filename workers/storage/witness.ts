/**
 * How far the store had come, written down beside the database: browsers keep caches in other files. A database whose
 * log lost its end is sound in itself and merely younger; only somebody else can tell.
 */
import type { Tally } from '../../src/core/storage/store-tally.ts'

const CACHE = 'asterism-witness'
const ADDRESS = '/_store/sequence'

/** Often enough that a tail worth fetching again is noticed, and a write costs little beside what it tells of. */
const WRITE_MS = 2_000

/** Not yet written down. */
let pending: { sequence: number } | undefined

/** undefined: nothing was ever noted, or the caches were cleared. */
export async function readWitness(): Promise<number | undefined> {
  const noted = await caches()
    ?.match(ADDRESS, { cacheName: CACHE })
    .catch(() => undefined)
  const sequence = Number(await noted?.text())
  return Number.isSafeInteger(sequence) ? sequence : undefined
}

/** The worker may be stopped before it is written: then less would be noticed, and nothing wrong be believed. */
export function noteWitness({ sequence }: Tally): void {
  if (pending !== undefined) {
    pending.sequence = sequence
    return
  }
  const noted = { sequence }
  pending = noted
  setTimeout(() => {
    pending = undefined
    void writeWitness(noted.sequence)
  }, WRITE_MS)
}

export async function writeWitness(sequence: number): Promise<void> {
  const cache = await caches()
    ?.open(CACHE)
    .catch(() => undefined)
  await cache?.put(ADDRESS, new Response(String(sequence))).catch(() => undefined)
}

/** Absent where there is no browser. */
function caches(): CacheStorage | undefined {
  return globalThis.caches
}
