/** Ways to plan a meeting, for a look at what another would have done with the same facts. */
import { planMeeting } from '../../../src/core/call/overlay/plan-meeting.ts'
import type { Standings } from '../../../src/core/call/overlay/weigh-carriers.ts'
import type { MediaId } from '../../../src/protocol/media.ts'
import type { MeetingFacts, MeetingPlan } from '../../../src/protocol/meeting.ts'

type Facts = ReadonlyMap<MediaId, MeetingFacts>
export type Round = {
  readonly facts: Facts
  readonly term: number
  readonly standings: Standings
  readonly before: MeetingPlan | undefined
}

export const POLICIES: Readonly<Record<string, (round: Round) => MeetingPlan>> = {
  ours: ({ facts, before, term, standings }) => planMeeting(facts, before, { term, standings }),
  /** As ours, without regard to what was planned before. */
  afresh: ({ facts, term, standings }) => planMeeting(facts, undefined, { term, standings }),
  /** As ours, believing what lines say of themselves. */
  trusting: ({ facts, before, term }) => planMeeting(facts, before, { term, standings: new Map() }),
  /** Everything straight from its source, as a mesh does. */
  mesh: ({ term }) => ({ t: 'plan', term, number: 1, streams: [] }),
  /** The strongest line passes everything on, as a server would. */
  star: starOf,
}

function starOf({ facts, term }: Round): MeetingPlan {
  const [star] = [...facts].filter(([, { forwards }]) => forwards > 0).toSorted(([, a], [, b]) => b.uplinkKbps - a.uplinkKbps)[0] ?? []
  if (star === undefined) return { t: 'plan', term, number: 1, streams: [] }
  const streams = [...facts].flatMap(([source, { sends }]) =>
    sends.flatMap(({ layer }) => {
      const children = [...facts].filter(
        ([id, { wants }]) => id !== star && wants.some(([of, wanted]) => of === source && wanted === layer),
      )
      const edges = children.map(([child]): [MediaId, MediaId] => [child, star])
      return source === star || edges.length < 2 ? [] : [{ source, layer, edges, without: [], reason: `#${star} has the strongest line` }]
    }),
  )
  return { t: 'plan', term, number: 1, streams }
}
