/**
 * What devices tell each other of techniques through a relay: counts by kind of client, in buckets so coarse that a
 * report fits many devices, and back from there what all of them found.
 */
import { COUNT_BUCKETS, type CountBucket, type CounterAverage, type CounterRow, type Technique } from '../../protocol/balance.ts'
import { betaQuantile } from './beta.ts'
import { boundedPrior, type Prior } from './choose-technique.ts'
import type { ClientProfile } from './client-profile.ts'
import { fade, isResting, type Tally } from './tally.ts'

export type Counts = ReadonlyMap<Technique, Prior>

export function bucketOf(count: number): CountBucket {
  return COUNT_BUCKETS.findLast((bucket) => bucket <= count) ?? 0
}

/** Nothing to say is no report. */
export function reportRows(counts: Counts, { client, engine, major }: ClientProfile): readonly CounterRow[] {
  return [...counts]
    .map(([technique, { succeeded, failed }]) => ({
      technique,
      client,
      engine,
      major,
      succeeded: bucketOf(succeeded),
      failed: bucketOf(failed),
    }))
    .filter(({ succeeded, failed }) => succeeded + failed > 0)
}

/** Changes the map it is given. */
function addTo(counts: Map<Technique, Prior>, technique: Technique, { succeeded, failed }: Prior): void {
  const before = counts.get(technique) ?? { succeeded: 0, failed: 0 }
  counts.set(technique, { succeeded: before.succeeded + succeeded, failed: before.failed + failed })
}

export function sumOf(counts: Counts, more: Counts): Counts {
  const sum = new Map(counts)
  for (const [technique, count] of more) addTo(sum, technique, count)
  return sum
}

/** Of this very version; where nobody told of it, of all versions of the engine. */
export function priorsOf(rows: readonly CounterAverage[], { client, engine, major }: ClientProfile): Counts {
  const alike = rows.filter((row) => row.client === client && row.engine === engine)
  const priors = new Map<Technique, Prior>()
  for (const { technique, succeeded, failed } of alike.filter((row) => row.major !== major)) {
    addTo(priors, technique, { succeeded, failed })
  }
  for (const { technique, succeeded, failed } of alike.filter((row) => row.major === major)) priors.set(technique, { succeeded, failed })
  return priors
}

/** A plan is followed unless it is known better: below this chance of success, by a draw, the device stays with its sources. */
const CHANCE = 0.25
const EVIDENCE = 2

/** `draw`: one for each call, so that now and then what is broken for most is tried again. */
export function takesRedirects(own: Tally, prior: Prior | undefined, draw: number, nowMs: number): boolean {
  if (isResting(own, nowMs)) return false
  const { tries, successes } = fade(own, nowMs)
  const { succeeded, failed } = boundedPrior(prior)
  if (tries + succeeded + failed < EVIDENCE) return true
  return betaQuantile(draw, 1 + successes + succeeded, 1 + tries - successes + failed) >= CHANCE
}
