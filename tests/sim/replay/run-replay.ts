/** `npm run sim -- replay FILE [--policy NAME] [--json]`: a meeting whose log was saved, or taken out with `asterism.room.call.stats.log()`. */
import { readFileSync } from 'node:fs'
import { isPolicy, POLICY_NAMES } from '../../../src/core/replay/policy-names.ts'
import { type Replay, replayMeeting } from '../../../src/core/replay/replay-meeting.ts'
import type { Figures } from '../../../src/core/replay/tally-rounds.ts'
import { parseMeetingLog } from '../../../src/protocol/meeting-log.ts'

/** The exit code. */
export function runReplay(file: string | undefined, policy: string, asJson: boolean): number {
  if (file === undefined) return fail('Say which file: npm run sim -- replay FILE')
  const log = parseMeetingLog(readFileSync(file, 'utf8'))
  if (log === undefined) return fail(`${file} is no meeting log.`)
  if (!isPolicy(policy)) return fail(`There is no policy "${policy}". There are: ${POLICY_NAMES.join(', ')}.`)
  const replay = replayMeeting(log, [policy])
  if (asJson) console.log(JSON.stringify(replay))
  else tell(replay)
  return 0
}

function tell({ rounds, logged, policies }: Replay): void {
  console.log(`${rounds} rounds\n  as it was: ${inWords(logged)}`)
  for (const { policy, figures, differing, differences } of policies) {
    console.log(`  ${policy}: ${inWords(figures)}`)
    for (const { atMs, of, layer, logged: was, replayed: is } of differences)
      console.log(`  at ${(atMs / 1000).toFixed(1)} s, ${layer} of ${of}\n    as it was: ${was}\n    ${policy}: ${is}`)
    if (differing > differences.length) console.log(`  and ${differing - differences.length} more`)
  }
}

function inWords({ wanted, wellCome, late, small, missing, delayMs, slowestMs, passed, moved, overfull, fullest }: Figures): string {
  const ways = `${wellCome} of ${wanted} come well, ${late} late, ${small} small, ${missing} not at all; ${Math.round(delayMs)} ms, at most ${Math.round(slowestMs)}`
  return `${ways}; ${passed} passed on, ${moved} moved, ${overfull} lines overfull (the fullest ${Math.round(100 * fullest)} %)`
}

function fail(sentence: string): number {
  console.error(sentence)
  return 2
}
