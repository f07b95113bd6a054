/** `npm run sim -- replay FILE [--policy NAME] [--json]`: a meeting that was taken out with `asterism.room.call.stats.log()`. */
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { meetingLog } from '../../../src/protocol/meeting-log.ts'
import { POLICIES } from './policies.ts'
import { type Replay, replayMeeting, type Sums } from './replay-meeting.ts'

/** Said of one replay; the rest are counted. */
const SHOWN = 20

/** The exit code. */
export function runReplay(file: string | undefined, policy: string, asJson: boolean): number {
  if (file === undefined) return fail('Say which file: npm run sim -- replay FILE')
  const parsed = v.safeParse(meetingLog, readJson(file))
  if (!parsed.success) return fail(`${file} is no meeting log: ${parsed.issues[0].message}`)
  const replay = replayMeeting(parsed.output, policy)
  if (replay === undefined) return fail(`There is no policy "${policy}". There are: ${Object.keys(POLICIES).join(', ')}.`)
  if (asJson) console.log(JSON.stringify({ policy, ...replay }))
  else tell(policy, replay)
  return 0
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function tell(policy: string, { rounds, logged, replayed, differences }: Replay): void {
  const words = ({ passed, moved, overfull, fullest, without }: Sums) =>
    `${passed} copies passed on, ${moved} moved, ${overfull} lines overfull (the fullest ${Math.round(100 * fullest)} %), ${without} gone without`
  console.log(`${rounds} rounds\n  as it was: ${words(logged)}\n  ${policy}: ${words(replayed)}`)
  for (const { atMs, stream, logged: was, replayed: is } of differences.slice(0, SHOWN)) {
    console.log(`  at ${(atMs / 1000).toFixed(1)} s, stream ${stream}\n    as it was: ${was}\n    ${policy}: ${is}`)
  }
  if (differences.length > SHOWN) console.log(`  and ${differences.length - SHOWN} more`)
}

function fail(sentence: string): number {
  console.error(sentence)
  return 2
}
