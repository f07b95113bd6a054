/**
 * `npm test`: every check there is, cheapest first, each with its output shown. A failed step does not hide the next
 * one. The last line counts: `N passed, N failed` and, when there are any, `, N skipped`.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildIfStale } from './build-app.ts'
import { check } from './check.ts'
import { findChromium, findFirefox } from './find-browser.ts'
import { run } from './run-process.ts'

type Count = { passed: number; failed: number; skipped: number }

const total: Count = { passed: 0, failed: 0, skipped: 0 }
const failures: string[] = []
const scratch = await mkdtemp(join(tmpdir(), 'asterism-test-'))

await step('check', async () => {
  const verdicts = await check()
  for (const { name, ok } of verdicts) console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`)
  const failed = verdicts.filter(({ ok }) => !ok).length
  return { passed: verdicts.length - failed, failed, skipped: 0 }
})
await step('lint', () => command('biome', ['check', '.']))
await step('unused code', () => command('knip', []))
await step('unit, contract, sim, relay, architecture', async () => {
  const report = join(scratch, 'vitest.json')
  await run('vitest', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`])
  return countVitest(JSON.parse(await readFile(report, 'utf8')))
})
await step('build', async () => one(await buildIfStale()))
await step('size', () => command('size-limit', []))
await step('end to end, two at a time', () => endToEnd('side-by-side', 2))
await step('end to end, alone', () => endToEnd('alone', 1))
await step('tabs that die while others see, hear and come in by them', () => twiceInCi(() => chaos('room', '--rounds', '20')))
await step('devices that die while files are put, spread and read', () => twiceInCi(() => chaos('storage', '--rounds', '20')))
await step('tabs and simulator keep a file alike', () => chaos('agreement'))

await rm(scratch, { recursive: true, force: true })
if (failures.length > 0) console.log(`\nfailed: ${failures.join('; ')}`)
process.exitCode = total.failed === 0 ? 0 : 1
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`)

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

async function endToEnd(project: string, workers: number): Promise<Count> {
  console.log(`Chromium: ${findChromium()}\nFirefox: ${findFirefox() ?? 'not found, its journey is skipped'}`)
  const report = join(scratch, `${project}.json`)
  const args = ['test', '--config', 'tests/e2e/playwright.config.ts', '--project', project, '--workers', String(workers)]
  await run('playwright', args, { env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report } })
  return countPlaywright(JSON.parse(await readFile(report, 'utf8')))
}

/** It counts time, and another program may stand in its way: like a test in a browser it has a second try in CI, which is said. */
async function twiceInCi(work: () => Promise<Count>): Promise<Count> {
  const first = await work()
  if (first.failed === 0 || process.env['CI'] === undefined) return first
  console.log('tried once more: see above')
  return work()
}

function chaos(...args: readonly string[]): Promise<Count> {
  return command('node', ['tests/chaos/main.ts', ...args])
}

async function command(name: string, args: readonly string[]): Promise<Count> {
  return one((await run(name, args)).code === 0)
}

function one(ok: boolean): Count {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }
}

type VitestReport = {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { status: string; assertionResults: unknown[] }[]
}

/** A file that does not load has no tests to fail: it counts as one. */
function countVitest(report: VitestReport): Count {
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded, skipped: report.numPendingTests + report.numTodoTests }
}

type PlaywrightReport = { stats: { expected: number; unexpected: number; flaky: number; skipped: number }; errors: unknown[] }

/** What passed the second time only (CI tries twice) passed, and is said; errors outside tests count one each. */
function countPlaywright({ stats, errors }: PlaywrightReport): Count {
  if (stats.flaky > 0) console.log(`${stats.flaky} passed on the second try only: see above`)
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped: stats.skipped }
}
