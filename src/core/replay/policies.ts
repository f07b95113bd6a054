/** Ways to plan a meeting, for a look at what another would have done with the same facts. */
import type { MediaId } from '../../protocol/media.ts'
import type { MeetingPlan } from '../../protocol/meeting.ts'
import { planMeeting } from '../call/overlay/plan-meeting.ts'
import type { PolicyName } from './policy-names.ts'
import { drawn, inTurn, nearest, redirect } from './redirect.ts'
import type { Round } from './round.ts'

export const POLICIES: Readonly<Record<PolicyName, (round: Round) => MeetingPlan>> = {
  ours: ({ facts, before, term, standings }) => planMeeting(facts, before, { term, standings }),
  /** Whom a source has no room for is sent to the nearest of those it serves, however full that one is. */
  nearest: (round) => planOf(round, redirect(round, nearest, 'the nearest who has it passes it on')),
  /** To each of them in turn. */
  turns: (round) => planOf(round, redirect(round, inTurn, 'each who has it passes it on in turn')),
  /** To any of them. */
  random: (round) => planOf(round, redirect(round, drawn, 'anybody who has it passes it on')),
  /** The strongest line passes everything on, as a server would. */
  star: (round) => planOf(round, starOf(round)),
  /** Everything straight from its source, as a mesh does. */
  mesh: (round) => planOf(round, []),
  /** As ours, without regard to what was planned before. */
  afresh: ({ facts, term, standings }) => planMeeting(facts, undefined, { term, standings }),
  /** As ours, believing what lines say of themselves. */
  trusting: ({ facts, before, term }) => planMeeting(facts, before, { term, standings: new Map() }),
}

function planOf({ term }: Round, streams: MeetingPlan['streams']): MeetingPlan {
  return { t: 'plan', term, number: 1, streams }
}

function starOf({ facts }: Round): MeetingPlan['streams'] {
  const [star] = [...facts].filter(([, { forwards }]) => forwards > 0).toSorted(([, a], [, b]) => b.uplinkKbps - a.uplinkKbps)[0] ?? []
  if (star === undefined) return []
  return [...facts].flatMap(([source, { sends }]) =>
    sends.flatMap(({ layer }) => {
      const children = [...facts].filter(
        ([id, { wants }]) => id !== star && wants.some(([of, wanted]) => of === source && wanted === layer),
      )
      const edges = children.map(([child]): [MediaId, MediaId] => [child, star])
      return source === star || edges.length < 2 ? [] : [{ source, layer, edges, without: [], reason: `#${star} has the strongest line` }]
    }),
  )
}
