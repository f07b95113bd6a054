import type { MediaId } from '../../../protocol/media.ts'
import type { MeetingFacts, MeetingPlan } from '../../../protocol/meeting.ts'

export type PlanTerms = { readonly term: number }

export function planMeeting(facts: ReadonlyMap<MediaId, MeetingFacts>, before: MeetingPlan | undefined, terms: PlanTerms): MeetingPlan {
  void facts
  if (before !== undefined && before.term === terms.term && before.streams.length === 0) return before
  return { t: 'plan', term: terms.term, number: 1, streams: [] }
}
