/**
 * Real tabs of a real Chromium against the real relay. Most of them wait for each other, so `npm test` runs two at a time,
 * on two cores, of what does not mind. What measures times of a call stands beside its like, or alone when it loads the machine
 * by itself. Pictures of failures go to the system's folder for passing things.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { findChromium } from '../find-browser.ts'
import { CHROMIUM_FLAGS } from './chromium-flags.ts'

// One folder per run, since Playwright empties it first; its worker processes inherit the name.
process.env['E2E_PICTURES'] ??= mkdtempSync(join(tmpdir(), 'asterism-e2e-'))

const under = (paths: readonly string[]) => paths.map((path) => `**/e2e/${path}`)

/**
 * Minutes in which little happens, for servers, sleepers and browsers that start again, and bounds of many seconds: `npm test`
 * has them beside other things.
 */
const WAITING = under(['mishaps/away.spec.ts', 'store/*.spec.ts', 'turn/*.spec.ts'])

/** Bounds of tens or hundreds of milliseconds, or calls in real pictures per second, and by themselves a third of the machine at most. */
const IN_PAIRS = under([
  'cross-browser.spec.ts',
  'link/link.spec.ts',
  'media-worker/*.spec.ts',
  'meeting/*.spec.ts',
  'storage/call.spec.ts',
  'watch/*.spec.ts',
])

/** Such bounds too, and they load the machine; or they measure memory and cores of the whole browser. */
const ALONE = under([
  'balance/places.spec.ts',
  'effects/*.spec.ts',
  'hostile/hostile-member.spec.ts',
  'many-files.spec.ts',
  'meeting/{carriers,forgotten-lines,strain}.spec.ts',
  'record/*.spec.ts',
  'storage/sizes.spec.ts',
])

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  projects: [
    { name: 'side-by-side', testIgnore: [...WAITING, ...IN_PAIRS, ...ALONE], fullyParallel: true },
    { name: 'waiting', testMatch: WAITING },
    { name: 'in-pairs', testMatch: IN_PAIRS, testIgnore: ALONE, fullyParallel: true },
    { name: 'alone', testMatch: ALONE },
  ],
  outputDir: process.env['E2E_PICTURES'],
  workers: 1,
  forbidOnly: process.env['CI'] !== undefined,
  // A busy machine may starve a browser for seconds. What passes only the second time is named at the end, not hidden.
  retries: process.env['CI'] === undefined ? 0 : 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json']],
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: findChromium(), args: CHROMIUM_FLAGS },
    screenshot: 'only-on-failure',
    trace: 'off',
  },
})
