/** What a round of planning was made of. */
import type { MediaId } from '../../protocol/media.ts'
import type { MeetingFacts, MeetingPlan } from '../../protocol/meeting.ts'
import type { Standings } from '../call/overlay/weigh-carriers.ts'

export type Facts = ReadonlyMap<MediaId, MeetingFacts>
export type Round = {
  readonly facts: Facts
  readonly term: number
  readonly standings: Standings
  readonly before: MeetingPlan | undefined
}
