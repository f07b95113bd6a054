/**
 * `npm run chaos -- NAME [--json] [--rounds N] [--seed N] [--minutes N]`. With `--json` the last line of standard output is one JSON
 * object. The seed gives the same happenings in the same order; real browsers do not give the same times.
 */
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright'
import { describeMachine } from '../bench/machine.ts'
import { launchBrowser } from '../bench/two-pages.ts'
import { buildIfStale } from '../build-app.ts'
import { RelayProcess } from '../e2e/relay-process.ts'
import { seededRandom } from '../sim/random.ts'
import { shakeChurn } from './churn.ts'
import { shakeDoors } from './doors/doors.ts'
import { shakeJoins } from './joins.ts'
import type { Outcome } from './outcome.ts'
import { launchRoomBrowser, shakeRoom } from './room/room.ts'
import { compareWithSimulator } from './storage/agree.ts'
import { shakeStorage } from './storage/storage.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    rounds: { type: 'string', default: '12' },
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '10' },
  },
})
const seed = Number(values.seed)
const rounds = Number(values.rounds)
const say = (line: string) => console.log(line)
const STORMS: Readonly<Record<string, (browser: Browser, relay: RelayProcess) => Promise<Outcome>>> = {
  room: (browser, relay) => shakeRoom(browser, relay, { rounds, seed, say }),
  /** As many as there are rounds come at once. */
  joins: (browser, relay) => shakeJoins(browser, relay.origin, { joins: rounds, say }),
  churn: (browser, relay) => shakeChurn(browser, relay, { rounds, random: seededRandom(seed), say }),
  storage: (browser, relay) => shakeStorage(browser, relay, { rounds, seed, say }),
  /** No storm: nothing happens, for long. */
  doors: (browser, relay) => shakeDoors(browser, relay, { minutes: Number(values.minutes), say }),
  /** No storm: a script played by real tabs and by the simulator. */
  agreement: (browser, relay) => compareWithSimulator(browser, relay, { rounds, seed, say }),
}
const [name = ''] = positionals
const storm = STORMS[name]
if (storm === undefined) {
  console.error(`Which chaos? One of: ${Object.keys(STORMS).join(', ')}. Example: npm run chaos -- storage --rounds 20 --seed 7`)
  process.exit(2)
}
if (!(await buildIfStale())) process.exit(1)

const machine = describeMachine()
const [browser, relay] = await Promise.all([
  name === 'room' || name === 'joins' ? launchRoomBrowser() : launchBrowser(),
  RelayProcess.open(),
])
const outcome = await storm(browser, relay).finally(async () => {
  await browser.close()
  await relay.close()
})

for (const failure of outcome.failures) console.log(`failed: ${failure}`)
console.log(
  `${name}: ${outcome.rounds} rounds, ${outcome.lostBytes} bytes lost, ${outcome.wrongResults} wrong, slowest recovery ${Math.round(outcome.maxRecoveryMs)} ms`,
)
for (const [figure, value] of Object.entries(outcome.figures ?? {})) console.log(`  ${figure.padEnd(20)} ${value}`)
if (values.json === true) {
  const { failures, maxRecoveryMs, figures, ...rest } = outcome
  console.log(
    JSON.stringify({
      chaos: name,
      seed,
      ...rest,
      ...figures,
      maxRecoveryMs: Math.round(maxRecoveryMs),
      failures: failures.length,
      notes: failures,
      machine,
    }),
  )
}
process.exitCode = outcome.failures.length === 0 && outcome.lostBytes === 0 && outcome.wrongResults === 0 ? 0 : 1
