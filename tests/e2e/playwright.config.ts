/**
 * Real tabs of a real Chromium against the real relay. One worker: two cores hold two or three tabs in a call, and not
 * twice that. Pictures of failures go to the system's folder for passing things.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from '@playwright/test'
import { findChromium } from '../find-browser.ts'
import { CHROMIUM_FLAGS } from './chromium-flags.ts'

// One folder per run, since Playwright empties it first; its worker processes inherit the name.
process.env['E2E_PICTURES'] ??= mkdtempSync(join(tmpdir(), 'asterism-e2e-'))

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: process.env['E2E_PICTURES'],
  workers: 1,
  fullyParallel: false,
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
