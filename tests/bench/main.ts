/**
 * `npm run bench -- NAME [PART ...] [--json] [--quick]`. Parts are named by how their names begin; without any it is the whole bench. Prints each measurement as it is made and the figures at the end; with
 * `--json` the last line of standard output is one JSON object.
 */
import { parseArgs } from 'node:util'
import type { Bench } from './bench.ts'
import { bench as beside } from './beside/beside.ts'
import { bench as erasure } from './erasure/erasure.ts'
import { bench as firstRoom } from './first-room/first-room.ts'
import { bench as link } from './link/link.ts'
import { describeMachine } from './machine.ts'
import { bench as meeting } from './meeting/meeting.ts'
import { bench as storage } from './storage/storage.ts'
import { bench as stores } from './stores/stores.ts'
import { bench as wan } from './wan/wan.ts'

const BENCHES: Readonly<Record<string, Bench>> = { beside, erasure, 'first-room': firstRoom, link, meeting, storage, stores, wan }

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' }, quick: { type: 'boolean' } } })
const [name = '', ...only] = positionals
const bench = BENCHES[name]
if (bench === undefined) {
  console.error(`Which bench? One of: ${Object.keys(BENCHES).join(', ')}. Example: npm run bench -- first-room --quick`)
  process.exit(2)
}

// Playwright closes its browsers on this signal and lets the process live: every measurement left would then fail or wait.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => process.exit(code))

const machine = describeMachine()
const { figures, rounds, peers, notes, samples } = await bench({ isQuick: values.quick === true, only, say: (line) => console.log(line) })

console.log(
  `\n${name} on ${machine.cores} cores, load ${machine.load1.toFixed(1)}, SHA-256 ${machine.calibrationMiBps} MiB/s, ${rounds} rounds`,
)
for (const [figure, value] of Object.entries(figures)) console.log(`  ${figure.padEnd(20)} ${round(value)}`)
for (const note of notes) console.log(`  note: ${note}`)
if (values.json === true) {
  const rounded = Object.fromEntries(Object.entries(figures).map(([figure, value]) => [figure, round(value)]))
  console.log(JSON.stringify({ bench: name, ...rounded, machine, rounds, peers, notes, samples }))
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}
