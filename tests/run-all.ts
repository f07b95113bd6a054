/**
 * `npm test`: every check there is, cheapest first, each with its output shown. A failed step does not hide the next
 * one. What mostly waits goes beside what mostly works, and shows its output when it is over.
 * The last line counts: `N passed, N failed` and, when there are any, `, N skipped`.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { buildIfStale } from './build-app.ts'
import { check } from './check.ts'
import { findChromium, findFirefox } from './find-browser.ts'
import { type Outcome, ROOT, type Running, run } from './run-process.ts'

type Count = { passed: number; failed: number; skipped: number }

const WHY_CHARS = 300
/** Beside another step: what it prints is shown when it is over. */
const LATER: Running = { silent: true }

const total: Count = { passed: 0, failed: 0, skipped: 0 }
/** Steps and the tests in them, by name: what comes last is what is read first. */
const failures: string[] = []
const secondTries: string[] = []
const scratch = await mkdtemp(join(tmpdir(), 'asterism-test-'))

await step('check', async () => {
  const verdicts = await check()
  for (const { name, ok } of verdicts) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`)
  const failed = verdicts.filter(({ ok }) => !ok).length
  return { passed: verdicts.length - failed, failed, skipped: 0 }
})
await step('lint', () => command('biome', ['check', '.']))
await step('unused code', () => command('knip', []))
await step('build', async () => one(await buildIfStale()))
await step('size', () => command('size-limit', []))
const beside = waitMostly()
await step('unit, contract, sim, relay, architecture', async () => {
  const report = join(scratch, 'vitest.json')
  await run('vitest', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`])
  return countVitest(JSON.parse(await readFile(report, 'utf8')))
})
await step('end to end, two at a time', () => endToEnd('side-by-side', 2))
await beside
await step('end to end, in pairs', () => endToEnd('in-pairs', 2))
await step('end to end, alone', () => endToEnd('alone', 1))
await step('tabs that die while others see, hear and come in by them', () => twiceInCi(['room', '--rounds', '20']))

await rm(scratch, { recursive: true, force: true })
if (secondTries.length > 0) console.log(`\npassed on the second try only:\n  ${secondTries.join('\n  ')}`)
if (failures.length > 0) console.log(`\nfailed:\n  ${failures.join('\n  ')}`)
process.exitCode = total.failed === 0 ? 0 : 1
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`)

/** One after the other, beside what works most of the time. Their bounds are many seconds. */
async function waitMostly(): Promise<void> {
  await step('tabs and simulator keep a file alike', () => chaos(['agreement'], LATER))
  await step('end to end, waiting', () => endToEnd('waiting', 1, LATER))
  await step('devices that die while files are put, spread and read', () => twiceInCi(['storage', '--rounds', '20'], LATER))
}

async function step(name: string, work: () => Promise<Count>): Promise<void> {
  const startedAtMs = performance.now()
  console.log(`\n== ${name}`)
  const count = await work().catch((error: unknown) => {
    console.log(error instanceof Error ? error.message : error)
    return one(false)
  })
  console.log(`== ${name}: ${count.passed} passed, ${count.failed} failed in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`)
  for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += count[key]
  if (count.failed > 0) failures.push(name)
}

async function endToEnd(project: string, workers: number, how: Running = {}): Promise<Count> {
  console.log(`Chromium: ${findChromium()}\nFirefox: ${findFirefox() ?? 'not found, its journey is skipped'}`)
  const report = join(scratch, `${project}.json`)
  const args = ['test', '--config', 'tests/e2e/playwright.config.ts', '--project', project, '--workers', String(workers)]
  await shown('playwright', args, { ...how, env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report } })
  return countPlaywright(JSON.parse(await readFile(report, 'utf8')))
}

/** It counts time, and another program may stand in its way: like a test in a browser it has a second try in CI, which is said. */
async function twiceInCi(args: readonly string[], how: Running = {}): Promise<Count> {
  const first = await chaos(args, how)
  if (first.failed === 0 || process.env['CI'] === undefined) return first
  console.log(`chaos ${args.join(' ')} is tried once more: see above`)
  secondTries.push(`chaos ${args.join(' ')}`)
  return chaos(args, how)
}

function chaos(args: readonly string[], how: Running = {}): Promise<Count> {
  return command('node', ['tests/chaos/main.ts', ...args], how)
}

async function command(name: string, args: readonly string[], how: Running = {}): Promise<Count> {
  return one((await shown(name, args, how)).code === 0)
}

async function shown(name: string, args: readonly string[], how: Running): Promise<Outcome> {
  const outcome = await run(name, args, how)
  if (how.silent === true) console.log(`\n${outcome.output.trimEnd()}`)
  return outcome
}

function one(ok: boolean): Count {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }
}

type VitestReport = {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[]
}

/** A file that does not load has no tests to fail: it counts as one. */
function countVitest(report: VitestReport): Count {
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  for (const { name } of unloaded) failures.push(`${relative(ROOT, name)}: does not load`)
  for (const { name, assertionResults } of report.testResults) {
    const failed = assertionResults.filter(({ status }) => status === 'failed')
    failures.push(...failed.map(({ fullName }) => `${relative(ROOT, name)}: ${fullName}`))
  }
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

type PlaywrightTest = { status: string; results: { error?: { message?: string } }[] }
type PlaywrightSuite = { suites?: PlaywrightSuite[]; specs: { title: string; file: string; tests: PlaywrightTest[] }[] }

type PlaywrightReport = {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number }
  suites: PlaywrightSuite[]
  errors: unknown[]
}

/** What passed the second time only (CI tries twice) passed, and is said; errors outside tests count one each. */
function countPlaywright({ stats, suites, errors }: PlaywrightReport): Count {
  failures.push(...titlesOf(suites, 'unexpected'))
  secondTries.push(...titlesOf(suites, 'flaky'))
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped: stats.skipped }
}

/** With why, in short; the whole of it stands above, where the test failed. */
function titlesOf(suites: readonly PlaywrightSuite[], status: 'unexpected' | 'flaky'): string[] {
  return suites.flatMap(({ suites = [], specs }) => [
    ...specs.flatMap(({ file, title, tests }) =>
      tests
        .filter((one) => one.status === status)
        .map(({ results }) => `${file}: ${title}: ${(results[0]?.error?.message ?? '').slice(0, WHY_CHARS)}`),
    ),
    ...titlesOf(suites, status),
  ])
}
