/**
 * Real tabs of a real Chromium against the real relay. Most of them wait for each other, so `npm test` runs two at a time,
 * on two cores, of what does not mind. What measures times of a call, or loads the machine by itself, runs alone.
 * Pictures of failures go to the system's folder for passing things.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { findChromium } from '../find-browser.ts'
import { CHROMIUM_FLAGS } from './chromium-flags.ts'

// One folder per run, since Playwright empties it first; its worker processes inherit the name.
process.env['E2E_PICTURES'] ??= mkdtempSync(join(tmpdir(), 'asterism-e2e-'))

/** Bounds of tens or hundreds of milliseconds, calls in real pictures per second, or memory and cores of the whole browser. */
const ALONE = [
  'effects/*.spec.ts',
  'hostile/hostile-member.spec.ts',
  'link/link.spec.ts',
  'many-files.spec.ts',
  'media-worker/*.spec.ts',
  'meeting/*.spec.ts',
  'record/*.spec.ts',
  'storage/{call,sizes}.spec.ts',
  'watch/*.spec.ts',
].map((path) => `**/e2e/${path}`)

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  projects: [
    { name: 'side-by-side', testIgnore: ALONE, fullyParallel: true },
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
