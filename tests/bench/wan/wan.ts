/** The ruler measured: what the link emulator adds when told to, and what it costs, with plain UDP between two devices. */
import type { ChildProcess } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Bench, median, type Report } from '../bench.ts'
import { cpuMsOf } from '../machine.ts'
import { type Line, openWan, type Wan, whyNoWan } from './open-wan.ts'

const PEER = fileURLToPath(import.meta.resolve('./udp-peer.ts'))
const DELAY_MS = 12.5
const JITTER_MS = 5
const LOSS = 0.02
const MBIT = 40
const MIB = 1024 * 1024

export const bench: Bench = async ({ isQuick, say }): Promise<Report> => {
  const reason = whyNoWan()
  if (reason !== undefined) return { figures: {}, rounds: 0, peers: {}, notes: [reason], samples: {} }
  const pings = isQuick ? 300 : 2_000
  const wan = await openWan({ devices: 2, seed: 1 })
  const both = (line: Line) => {
    for (const n of [0, 1]) wan.shape(n, line)
  }
  try {
    const near = await roundTrips(wan, pings)
    say(`no delay: ${near.trips.length} of ${pings} came back, median ${median(near.trips).toFixed(2)} ms`)
    both({ delayMs: DELAY_MS })
    const far = await roundTrips(wan, pings)
    say(`${DELAY_MS} ms on each of four lines: median ${median(far.trips).toFixed(2)} ms`)
    both({ delayMs: DELAY_MS, jitterMs: JITTER_MS })
    const uneven = await roundTrips(wan, pings)
    say(`and ${JITTER_MS} ms of jitter: median ${median(uneven.trips).toFixed(2)} ms`)
    both({ loss: LOSS })
    const lossy = await roundTrips(wan, pings)
    say(`${LOSS * 100} % loss: ${lossy.lost} of ${lossy.passed} lost`)
    both({})
    wan.shape(1, { up: {}, down: { mbitPerSecond: MBIT } })
    const bounded = await flood(wan, 12 * MIB)
    say(`a line of ${MBIT} Mbit/s: ${bounded.mibPerSecond.toFixed(2)} MiB/s`)
    both({})
    const free = await flood(wan, 40 * MIB)
    say(`no bound: ${free.mibPerSecond.toFixed(1)} MiB/s, ${free.cpuMsPerMiB.toFixed(2)} ms of CPU per MiB`)
    return {
      figures: {
        rtt0Ms: median(near.trips),
        rtt50Ms: median(far.trips),
        rtt50P95Ms: far.trips.toSorted((a, b) => a - b)[Math.floor(far.trips.length * 0.95)] ?? Number.NaN,
        jitterSpreadMs: spread(uneven.trips),
        lossPct: (100 * lossy.lost) / lossy.passed,
        rateMbit: (bounded.mibPerSecond * MIB * 8) / 1e6,
        freeMiBps: free.mibPerSecond,
        cpuMsPerMiB: free.cpuMsPerMiB,
      },
      rounds: 1,
      peers: {},
      notes: [],
      samples: { rtt50: far.trips.slice(0, 50) },
    }
  } finally {
    await wan.close()
  }
}

/** Device 0 asks, device 1 answers. `lost` and `passed` are the emulator's own, over all four lines. */
async function roundTrips(wan: Wan, count: number): Promise<{ trips: number[]; lost: number; passed: number }> {
  const before = await passed(wan)
  const echo = await ready(wan.spawn(1, process.execPath, [PEER, 'echo', '9000']))
  const ping = wan.spawn(0, process.execPath, [PEER, 'ping', wan.addressOf(1), '9000', String(count)])
  const trips = JSON.parse(await text(ping.stdout as NodeJS.ReadableStream)) as number[]
  echo.kill()
  const after = await passed(wan)
  return { trips, lost: after.lost - before.lost, passed: after.frames + after.lost - before.frames - before.lost }
}

async function passed(wan: Wan): Promise<{ frames: number; lost: number }> {
  const counts = (await Promise.all([wan.count(0), wan.count(1)])).flatMap(({ up, down }) => [up, down])
  return counts.reduce((sum, { frames, lost }) => ({ frames: sum.frames + frames, lost: sum.lost + lost }), { frames: 0, lost: 0 })
}

/** Device 0 sends for two seconds; what device 1 counts in the second of them. */
async function flood(wan: Wan, bytesPerSecond: number): Promise<{ mibPerSecond: number; cpuMsPerMiB: number }> {
  const sink = await ready(wan.spawn(1, process.execPath, [PEER, 'sink', '9001']))
  const seen: [number, number][] = []
  sink.stdout?.on('data', (bytes: Buffer) => {
    for (const line of bytes.toString().trim().split('\n')) seen.push(line.split(' ').map(Number) as [number, number])
  })
  const cpuBeforeMs = cpuMsOf(wan.pid)
  const flooding = wan.spawn(0, process.execPath, [PEER, 'flood', wan.addressOf(1), '9001', String(bytesPerSecond), '2000'])
  await new Promise((done) => flooding.once('close', done))
  await wait(300)
  sink.kill()
  const cpuMs = cpuMsOf(wan.pid) - cpuBeforeMs
  const moving = seen.filter(([, bytes], n) => bytes > (seen[n - 1]?.[1] ?? 0) && bytes > 0)
  const [first, last] = [moving[Math.floor(moving.length / 4)], moving[Math.floor((moving.length * 3) / 4)]]
  if (first === undefined || last === undefined) throw new Error('nothing came through the emulator')
  const total = (seen.at(-1)?.[1] ?? 0) / MIB
  return { mibPerSecond: (last[1] - first[1]) / MIB / ((last[0] - first[0]) / 1000), cpuMsPerMiB: cpuMs / total }
}

function ready(child: ChildProcess): Promise<ChildProcess> {
  return new Promise((done) => child.stdout?.once('data', () => done(child)))
}

/** Between the 5th and the 95th of a hundred. */
function spread(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.floor(sorted.length * 0.95)] ?? 0) - (sorted[Math.floor(sorted.length * 0.05)] ?? 0)
}
