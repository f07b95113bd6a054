/**
 * `npm run sim -- [NAME] [--seed N] [--rounds N] [--rooms N] [--small] [--plant NAME] [--json]`: NAME is a scenario,
 * `years`, `room`, `storage`, `meeting`, `balance`, or nothing for all. Each scenario runs with seeds N, N+1, ...; then every planted bug of
 * these scenarios must be found. `years`, part of `storage`, is rooms of every mix over a year: 1,000 of each when asked
 * for by `storage` or `years`, 10 otherwise. `--small` is the size the tests run; `--plant` runs one planted bug in it. Ends with 1 when an
 * invariant broke or a planted bug was missed.
 *
 * `replay FILE [--policy NAME]` plans a logged meeting again, by the same or another policy.
 */
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { SOUND_BRAIN } from './brain.ts'
import { findPlant, PLANTS } from './plants.ts'
import { runReplay } from './replay/run-replay.ts'
import { type Report, runScenario, type Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios/all.ts'
import { runYears, yearFigures } from './storage/run-years.ts'

type Run = { readonly scenario: Scenario; readonly seed: number; readonly report: Report }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '1' },
    rooms: { type: 'string' },
    small: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    plant: { type: 'string' },
    policy: { type: 'string', default: 'ours' },
    json: { type: 'boolean', default: false },
  },
})
const firstSeed = Number(values.seed)
const rounds = Number(values.rounds)
const [name = 'all', file] = positionals
if (name === 'replay') process.exit(runReplay(file, values.policy, values.json))
const chosen = SCENARIOS.filter((scenario) => name === 'all' || scenario.name === name || scenario.area === name)
const plant = PLANTS.find((each) => each.name === values.plant)

if (!Number.isSafeInteger(firstSeed) || !Number.isSafeInteger(rounds) || rounds < 1) fail('--seed and --rounds take whole numbers.')
if (chosen.length === 0 && name !== 'years')
  fail(
    `There is no scenario "${name}". There are: room, storage, meeting, balance, years, ${SCENARIOS.map((each) => each.name).join(', ')}.`,
  )
if (values.plant !== undefined && plant === undefined)
  fail(`There is no planted bug "${values.plant}". There are: ${PLANTS.map((each) => each.name).join('; ')}.`)

const isSmall = values.small || values.quick
const size = isSmall || plant !== undefined ? 'small' : 'large'
const again = plant === undefined ? (isSmall ? ' --small' : '') : ` --plant '${plant.name}'`
const brain = { ...SOUND_BRAIN, ...plant?.bug }
const runs: Run[] = []
for (const scenario of plant === undefined ? chosen : [plant.scenario]) {
  for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
    const report = runScenario(scenario, seed, brain, size)
    runs.push({ scenario, seed, report })
    tell(scenario, seed, report)
  }
}

const planted = plant === undefined ? PLANTS.filter(({ scenario }) => chosen.includes(scenario)) : []
const missed = planted.filter((each) => findPlant(each) === undefined)
if (planted.length > 0) console.log(`planted bugs found: ${planted.length - missed.length} of ${planted.length}`)
for (const each of missed) console.log(`  not found: ${each.name}`)

const withYears = plant === undefined && ['all', 'storage', 'years'].includes(name)
const rooms = Number(values.rooms ?? (isSmall ? 2 : name === 'all' ? 10 : 1_000))
const years = withYears ? yearFigures(await runYears(firstSeed, rooms, 365, console.log)) : undefined

const violations = sumOf(({ report }) => report.violations.length) + (years?.violations ?? 0)
if (values.json) console.log(JSON.stringify(figures()))
process.exitCode = violations === 0 && missed.length === 0 && years?.plantedFound === years?.planted ? 0 : 1

function tell(
  { name: scenario }: Scenario,
  seed: number,
  { nodes, events, seconds, violations: found, traceHash, figures: more }: Report,
): void {
  const rate = Math.round(events / seconds).toLocaleString('en')
  const others = Object.entries(more ?? {}).map(([key, value]) => `, ${key} ${Math.round(value * 10) / 10}`)
  console.log(
    `${scenario} seed ${seed}: ${nodes} nodes, ${events} events in ${seconds.toFixed(2)} s (${rate}/s), trace ${traceHash}${others.join('')}`,
  )
  for (const violation of found) console.log(`  BROKEN ${violation}`)
  if (found.length > 0) console.log(`  again: npm run sim -- ${scenario} --seed ${seed}${again}`)
}

function figures(): object {
  const waste = figureOf('wastePct')
  const vsIdeal = figureOf('vsIdeal')
  const found = planted.length - missed.length + (years?.plantedFound ?? 0)
  return {
    nodes: Math.max(years?.nodes ?? 0, ...runs.map(({ report }) => report.nodes)),
    events: sumOf(({ report }) => report.events) + (years?.events ?? 0),
    seconds: Math.round(sumOf(({ report }) => report.seconds) * 100) / 100 + (years?.seconds ?? 0),
    ...(waste.length > 0 && { wastePct: waste.toSorted((a, b) => a - b)[Math.floor(waste.length / 2)] }),
    ...(vsIdeal.length > 0 && { vsIdeal: Math.round(Math.max(...vsIdeal) * 1000) / 1000 }),
    violations,
    ...balanceFigures(),
    ...(years !== undefined && {
      vsIdeal: years.vsIdeal,
      repairVsIdeal: years.repairVsIdeal,
      losses: years.losses,
      rooms,
      mixes: years.mixes,
    }),
    ...(plant === undefined && { plantedFound: found, planted: planted.length + (years?.planted ?? 0) }),
    rounds,
    scenarios: runs.map(({ scenario, seed, report: { traceHash } }) => ({ name: scenario.name, seed, traceHash })),
    machine: { cores: availableParallelism(), loadAverage: loadavg()[0] },
    peers: [],
  }
}

/** Of the balancer all are told, as medians of the rounds: each stands beside another policy's. */
function balanceFigures(): Readonly<Record<string, number>> {
  const figures = runs.flatMap(({ scenario, report }) => (scenario.area === 'balance' ? [report.figures ?? {}] : []))
  const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
  return Object.fromEntries(
    Object.keys(figures[0] ?? {}).map((key) => [key, Math.round(100 * middle(figures.map((each) => each[key] ?? 0))) / 100]),
  )
}

function figureOf(key: string): readonly number[] {
  return runs.flatMap(({ report }) => report.figures?.[key] ?? [])
}

function sumOf(count: (run: Run) => number): number {
  return runs.reduce((sum, run) => sum + count(run), 0)
}

function fail(sentence: string): never {
  console.error(sentence)
  process.exit(2)
}
