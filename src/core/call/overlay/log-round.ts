/** Which rounds of planning are kept: those that changed the plan, and one now and then; the oldest go when they are too many. */
import { LOG_EVERY_MS, LOG_FACTS, LOG_ROUNDS } from '../../../protocol/limits.ts'
import type { MediaId } from '../../../protocol/media.ts'
import type { MeetingFacts, MeetingPlan } from '../../../protocol/meeting.ts'
import type { LoggedRound } from '../../../protocol/meeting-log.ts'
import type { Standings } from './weigh-carriers.ts'

export type PlannedRound = {
  readonly atMs: number
  readonly term: number
  readonly facts: ReadonlyMap<MediaId, MeetingFacts>
  readonly standings: Standings
  readonly before: MeetingPlan | undefined
  readonly plan: MeetingPlan
}

export function logRound(
  rounds: readonly LoggedRound[],
  { atMs, term, facts, standings, before, plan }: PlannedRound,
): readonly LoggedRound[] {
  const last = rounds.at(-1)
  if (last?.plan === plan && atMs - last.atMs < LOG_EVERY_MS) return rounds
  const kept = [...rounds, { atMs, term, facts: [...facts], standings: [...standings], before: before ?? null, plan }].slice(-LOG_ROUNDS)
  let count = kept.reduce((sum, round) => sum + round.facts.length, 0)
  const from = kept.findIndex((round) => {
    if (count <= LOG_FACTS) return true
    count -= round.facts.length
    return false
  })
  return kept.slice(from === -1 ? kept.length - 1 : from)
}
