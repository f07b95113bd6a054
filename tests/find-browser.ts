/**
 * Which browser the tests drive: the one named in the environment, the system's, Playwright's own, and at last one
 * installed from Debian when that is possible without asking. Otherwise one sentence says what is missing.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright'

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const FIREFOX_NAMES = ['firefox-esr', 'firefox']

export function findChromium(): string {
  const found = named('CHROMIUM_PATH') ?? onPath(CHROMIUM_NAMES) ?? existing(chromium.executablePath())
  if (found !== undefined) return found
  installFromDebian('chromium')
  const installed = onPath(CHROMIUM_NAMES)
  if (installed !== undefined) return installed
  throw new Error(
    'No Chromium was found: install it (`apt-get install chromium`, or `npx playwright install chromium`), or set CHROMIUM_PATH to one.',
  )
}

/** Firefox only widens the tests: without it its journey is skipped, and the run says so. */
export function findFirefox(): string | undefined {
  return named('FIREFOX_PATH') ?? onPath(FIREFOX_NAMES)
}

function named(variable: string): string | undefined {
  const path = process.env[variable]
  if (path === undefined || path === '') return undefined
  if (existsSync(path)) return path
  throw new Error(`${variable} names ${path}, and there is nothing there.`)
}

function onPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined
}

function installFromDebian(name: string): void {
  if (process.getuid?.() !== 0 || onPath(['apt-get']) === undefined) return
  console.log(`No Chromium here: installing ${name} with apt-get.`)
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}
