/**
 * IndexedDB behind the service worker, as we use it, against a pack file in the origin's private file system, as an
 * engine behind the same port would use it.
 */
import { join } from 'node:path'
import { type Bench, median } from '../bench.ts'
import { serveScripts } from '../serve-scripts.ts'
import { type Measured, measureStore } from './measure-store.ts'
import type { Engine, Shape } from './stores-page.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** A fragment of four data rows, and as many to a batch as a chunk or two has. The figures are of this shape. */
const USUAL: Shape = { valueBytes: 256 * KIB, perBatch: 16, totalBytes: 64 * MIB }
const OTHERS: readonly (readonly [Engine, Shape])[] = [
  ['idbInTab', USUAL],
  ['opfsFlushed', USUAL],
  ...[
    { valueBytes: 64 * KIB, perBatch: 16, totalBytes: 64 * MIB },
    { valueBytes: 105 * KIB, perBatch: 16, totalBytes: 105 * 640 * KIB },
    { valueBytes: 256 * KIB, perBatch: 1, totalBytes: 64 * MIB },
    { valueBytes: 256 * KIB, perBatch: 8, totalBytes: 64 * MIB },
    { valueBytes: MIB, perBatch: 8, totalBytes: 64 * MIB },
  ].flatMap((shape) => (['idb', 'opfs'] as const).map((engine) => [engine, shape] as const)),
]

export const bench: Bench = async ({ isQuick, say }) => {
  const rounds = isQuick ? 2 : 5
  const path = (name: string) => join(import.meta.dirname, name)
  const site = await serveScripts({
    '/stores.js': path('stores-page.ts'),
    '/idb-worker.js': path('idb-worker.ts'),
    '/opfs-worker.js': path('opfs-worker.ts'),
  })
  const taken = { idb: [] as Measured[], opfs: [] as Measured[] }
  const take = async (engine: Engine, shape: Shape) => {
    const measured = await measureStore(site.url, engine, shape)
    say(`${nameOf(engine, shape)}: ${inWords(measured)}`)
    return measured
  }
  try {
    for (let round = 1; round <= rounds; round++)
      for (const engine of ['idb', 'opfs'] as const) taken[engine].push(await take(engine, USUAL))
    const notes: string[] = []
    for (const [engine, shape] of isQuick ? [] : OTHERS) notes.push(`${nameOf(engine, shape)}, once: ${inWords(await take(engine, shape))}`)

    const [idb, opfs] = [mediansOf(taken.idb), mediansOf(taken.opfs)]
    const ratioOf = (figure: keyof Measured) => (opfs[figure] / idb[figure]).toFixed(2)
    return {
      figures: {
        idbPutMiBps: idb.putMiBps,
        idbGetMiBps: idb.getMiBps,
        opfsPutMiBps: opfs.putMiBps,
        opfsGetMiBps: opfs.getMiBps,
        cpuMsPerMiB: idb.putCpuMsPerMiB + idb.getCpuMsPerMiB,
        writeAmplification: Math.max(idb.written, idb.grown),
      },
      rounds,
      peers: { opfs: 'one pack file, sync access handle in a dedicated worker, index in IndexedDB' },
      notes: [
        `OPFS over IndexedDB: put ${ratioOf('putMiBps')} times, get ${ratioOf('getMiBps')} times as fast; of its CPU put needs ${ratioOf('putCpuMsPerMiB')}, get ${ratioOf('getCpuMsPerMiB')}`,
        `${nameOf('idb', USUAL)}, medians: ${inWords(idb)}`,
        `${nameOf('opfs', USUAL)}, medians: ${inWords(opfs)}`,
        ...notes,
        'reads come from memory that the system keeps of files; every byte read is hashed',
      ],
      samples: {
        idbPutMiBps: taken.idb.map(({ putMiBps }) => putMiBps),
        idbGetMiBps: taken.idb.map(({ getMiBps }) => getMiBps),
        opfsPutMiBps: taken.opfs.map(({ putMiBps }) => putMiBps),
        opfsGetMiBps: taken.opfs.map(({ getMiBps }) => getMiBps),
        writeAmplification: taken.idb.map(({ written, grown }) => Math.max(written, grown)),
      },
    }
  } finally {
    site.close()
  }
}

function mediansOf(taken: readonly Measured[]): Measured {
  const of = (figure: keyof Measured) => median(taken.map((one) => one[figure]))
  return {
    putMiBps: of('putMiBps'),
    getMiBps: of('getMiBps'),
    putCpuMsPerMiB: of('putCpuMsPerMiB'),
    getCpuMsPerMiB: of('getCpuMsPerMiB'),
    written: of('written'),
    grown: of('grown'),
  }
}

function nameOf(engine: Engine, { valueBytes, perBatch }: Shape): string {
  return `${engine} ${valueBytes / KIB} KiB x ${perBatch}`
}

function inWords({ putMiBps, getMiBps, putCpuMsPerMiB, getCpuMsPerMiB, written, grown }: Measured): string {
  return (
    `put ${putMiBps.toFixed(0)} MiB/s at ${putCpuMsPerMiB.toFixed(1)} ms CPU/MiB, get ${getMiBps.toFixed(0)} at ${getCpuMsPerMiB.toFixed(1)}, ` +
    `written ${written.toFixed(3)}, grown ${grown.toFixed(3)}`
  )
}
