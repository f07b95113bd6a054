/**
 * Whether a plan keeps from this tab what lines are rarely too short for: a voice, a screen or even the small picture of somebody to
 * whom it has a link. Full pictures are the first that short lines cost, and say nothing of who plans.
 */
import type { MediaId } from '../../../protocol/media.ts'
import type { MeetingPlan } from '../../../protocol/meeting.ts'

/** `linked`: whom this tab tells that it reaches. */
export function starves(plan: MeetingPlan | undefined, self: MediaId, linked: ReadonlySet<MediaId>): boolean {
  return (plan?.streams ?? []).some(({ source, layer, without }) => layer !== 'main' && linked.has(source) && without.includes(self))
}
