/** All mixes, as many at once as there are cores, then the planted bugs; figures for people and for machines. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { MIXES, type Mix } from './mixes.ts'
import { findYearPlant, YEAR_PLANTS } from './year-plants.ts'
import type { MixReport } from './years.ts'
import type { YearsOrder } from './years.worker.ts'

export type YearsReport = { readonly mixes: readonly MixReport[]; readonly missedPlants: readonly string[]; readonly planted: number }

export async function runYears(seed: number, rooms: number, days: number, tell: (line: string) => void): Promise<YearsReport> {
  // The largest rooms first, so that no core is left with one of them at the end.
  const orders = MIXES.toSorted((a, b) => devicesOf(b) - devicesOf(a)).map(({ name }) => ({ mix: name, seed, rooms, days }))
  const reports: MixReport[] = []
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./years.worker.ts', import.meta.url))
    for (let order = orders.shift(); order !== undefined; order = orders.shift()) {
      const report = await askFor(worker, order)
      reports.push(report)
      tell(inWords(report))
      for (const violation of report.violations) tell(`  BROKEN ${violation}`)
    }
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), MIXES.length) }, work))
  const missedPlants = YEAR_PLANTS.filter((plant) => findYearPlant(plant) === undefined).map(({ name }) => name)
  tell(`planted bugs of the planner found: ${YEAR_PLANTS.length - missedPlants.length} of ${YEAR_PLANTS.length}`)
  for (const name of missedPlants) tell(`  not found: ${name}`)
  const mixes = MIXES.flatMap(({ name }) => reports.filter(({ mix }) => mix === name))
  return { mixes, missedPlants, planted: YEAR_PLANTS.length }
}

function devicesOf({ kinds }: Mix): number {
  return kinds.reduce((sum, [count]) => sum + count, 0)
}

function askFor(worker: Worker, order: YearsOrder): Promise<MixReport> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (report: MixReport) => {
      worker.off('error', reject)
      resolve(report)
    })
    worker.postMessage(order)
  })
}

function inWords(report: MixReport): string {
  const { mix, rooms, stored, optimum, storageVsOptimum, repaired, repairVsOptimum, served, oracleServed, losses, statedLosses } = report
  return [
    `${mix}: ${rooms} rooms, ${Math.round(report.seconds)} s, trace ${report.traceHash}`,
    `  stored ${stored.toFixed(2)} (optimum ${optimum.toFixed(2)}, ${storageVsOptimum.toFixed(2)} times), ` +
      `repair ${repaired.toFixed(3)} a day (${repairVsOptimum.toFixed(2)} times the oracle)`,
    `  readers served ${percent(served)} (by the oracle's plan ${percent(oracleServed)}), readable ${percent(report.readable)} of the time, ` +
      `stated ${percent(report.stated)}; lost ${losses}, foreseen if nobody had repaired ${statedLosses.toFixed(1)}`,
  ].join('\n')
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`
}

/** The worst of all mixes stands for all; each stands in `mixes`. */
export function yearFigures({ mixes, missedPlants, planted }: YearsReport) {
  const worst = (of: (report: MixReport) => number) => Math.round(Math.max(...mixes.map(of)) * 1000) / 1000
  return {
    nodes: Math.max(...mixes.map(({ nodes }) => nodes)),
    events: mixes.reduce((sum, { events }) => sum + events, 0),
    seconds: Math.round(mixes.reduce((sum, { seconds }) => sum + seconds, 0)),
    vsIdeal: worst(({ storageVsOptimum }) => storageVsOptimum),
    repairVsIdeal: worst(({ repairVsOptimum }) => repairVsOptimum),
    losses: mixes.reduce((sum, report) => sum + report.losses, 0),
    violations: mixes.reduce((sum, report) => sum + report.violations.length, 0),
    plantedFound: planted - missedPlants.length,
    planted,
    mixes,
  }
}
