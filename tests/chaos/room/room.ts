/** Whoever holds something up for others dies: in a call one who carries, and in a room the tab that a newcomer meets first. */
import { type Browser, chromium } from 'playwright'
import { CHROMIUM_FLAGS } from '../../e2e/chromium-flags.ts'
import type { RelayProcess } from '../../e2e/relay-process.ts'
import { headVoiceFlag } from '../../e2e/talking-head.ts'
import { findChromium } from '../../find-browser.ts'
import { seededRandom } from '../../sim/random.ts'
import type { Outcome } from '../outcome.ts'
import { killCarriers } from './carriers.ts'
import { killEntries } from './entries.ts'

export type Storm = { readonly rounds: number; readonly seed: number; readonly say: (line: string) => void }

/** Of the rounds: 8 beside 20. */
const ENTRIES_SHARE = 0.4

/** A voice that any silence shows in, and the browser's own plain picture: what is measured is whether one comes, not how much of it. */
export async function launchRoomBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: [...CHROMIUM_FLAGS, await headVoiceFlag()] })
}

export async function shakeRoom(browser: Browser, relay: RelayProcess, storm: Storm): Promise<Outcome> {
  const carriers = await killCarriers(browser, relay.origin, storm)
  const rounds = Math.ceil(storm.rounds * ENTRIES_SHARE)
  const entries = await killEntries(browser, relay.origin, { ...storm, rounds }, seededRandom(storm.seed))
  return {
    rounds: carriers.rounds + entries.rounds,
    lostBytes: 0,
    wrongResults: 0,
    maxRecoveryMs: Math.max(carriers.maxRecoveryMs, entries.maxRecoveryMs),
    failures: [...carriers.failures, ...entries.failures],
    figures: { ...carriers.figures, ...entries.figures },
  }
}
