/**
 * A meeting as its conductor saw it, to be looked at again and replayed against another policy: JSON, with media ids in place
 * of names. It leaves the device only when its person takes it out.
 */
import * as v from 'valibot'
import { countOf } from './frame.ts'
import { LOG_FACTS, LOG_ROUNDS, MEMBERS } from './limits.ts'
import { meetingFacts, meetingPlan } from './meeting.ts'

const id = countOf(0xffff_ffff)
const amount = v.pipe(v.number(), v.finite(), v.minValue(0))
const standing = v.object({ carriesKbps: amount, isBenched: v.boolean(), benchedUntilMs: amount, times: amount, judgedMs: amount })

const round = v.object({
  /** Of the conductor's clock: only differences mean anything. */
  atMs: amount,
  term: countOf(),
  /** In the order they came. */
  facts: v.pipe(v.array(v.tuple([id, meetingFacts])), v.maxLength(MEMBERS)),
  standings: v.pipe(v.array(v.tuple([id, standing])), v.maxLength(MEMBERS)),
  /** null: there was none. */
  before: v.nullable(meetingPlan),
  plan: meetingPlan,
})

export const meetingLog = v.object({
  t: v.literal('meeting-log'),
  rounds: v.pipe(
    v.array(round),
    v.maxLength(LOG_ROUNDS),
    // One round may be larger: the newest stays whatever its size.
    v.check((rounds) => rounds.length <= 1 || rounds.reduce((sum, { facts }) => sum + facts.length, 0) <= LOG_FACTS, 'facts'),
  ),
})
export type MeetingLog = v.InferOutput<typeof meetingLog>
export type LoggedRound = v.InferOutput<typeof round>

/** Undefined: it is no log, or one beyond its bounds. */
export function parseMeetingLog(text: string): MeetingLog | undefined {
  const read = v.safeParse(meetingLog, readJson(text))
  return read.success ? read.output : undefined
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
