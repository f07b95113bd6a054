/** Planted bugs of meetings: each replaces a decision by one that a tired person could have written. */
import { hopsOf } from '../../../src/core/call/overlay/layer-terms.ts'
import type { Want } from '../../../src/protocol/media-worker.ts'
import type { MeetingPlan } from '../../../src/protocol/meeting.ts'
import type { Plant } from '../plants.ts'
import { MEETING_BRAIN } from './meeting-brain.ts'
import { meetingHostile } from './meeting-hostile.ts'
import { meetingRoom } from './meeting-room.ts'
import { meetingShared } from './meeting-shared.ts'
import { meetingSmall } from './meeting-small.ts'

const { planMeeting, conduct, parents, weigh } = MEETING_BRAIN

export const MEETING_PLANTS: readonly Plant[] = [
  {
    name: 'everything goes straight',
    scenario: meetingRoom,
    bug: { planMeeting: (facts, before, terms) => ({ ...planMeeting(facts, before, terms), streams: [] }) },
  },
  {
    name: 'a meeting is planned afresh each time',
    scenario: meetingRoom,
    bug: { planMeeting: (facts, _, terms) => planMeeting(facts, undefined, terms) },
  },
  {
    name: 'nobody is asked whether he passes on',
    scenario: meetingRoom,
    bug: {
      planMeeting: (facts, before, terms) =>
        planMeeting(new Map([...facts].map(([id, each]) => [id, { ...each, forwards: 32 }])), before, terms),
    },
  },
  {
    name: 'what a line says of itself is believed for ever',
    scenario: meetingRoom,
    bug: { weigh: (before, facts, plan, nowMs) => ({ ...weigh(before, facts, plan, nowMs), standings: new Map() }) },
  },
  {
    name: 'a passer-on does not take what it passes on',
    scenario: meetingRoom,
    bug: { parents: (plan, self, wants, reachable) => parents(plan, self, wants, reachable).filter(({ isShown }) => isShown) },
  },
  {
    name: 'the plan is followed only by who passes on',
    scenario: meetingRoom,
    bug: {
      parents: (plan, self, wants, reachable) =>
        parents(plan, self, wants, reachable).map((want) => (want.isShown ? { ...want, parent: want.source } : want)),
    },
  },
  {
    name: 'a conductor does not yield',
    scenario: meetingRoom,
    bug: {
      conduct: (state, event, nowMs) =>
        conduct(
          state,
          event.kind === 'participants' ? { ...event, others: event.others.map((other) => ({ ...other, conducts: 0 })) } : event,
          nowMs,
        ),
    },
  },
  {
    name: 'a silent conductor is waited for',
    scenario: meetingRoom,
    bug: {
      conduct(state, event, nowMs) {
        if (state.following === undefined) return conduct(state, event, nowMs)
        return conduct({ ...state, heardMs: new Map(state.heardMs).set(state.following, nowMs) }, event, nowMs)
      },
    },
  },
  {
    name: 'children hang below those who are last',
    scenario: meetingRoom,
    bug: { planMeeting: (facts, before, terms) => deepened(planMeeting(facts, before, terms)) },
  },
  {
    name: 'whoever claims the highest term is followed for ever',
    scenario: meetingHostile,
    bug: { starves: () => false },
  },
  {
    name: 'what a second conductor says is not believed',
    scenario: meetingHostile,
    bug: { conduct: (state, event, nowMs) => conduct({ ...state, believesUntilMs: nowMs }, event, nowMs) },
  },
  {
    name: 'a plan may keep voices from people',
    scenario: meetingHostile,
    bug: {
      parents(plan, self, wants, reachable) {
        const isKept = ({ source, layer }: Want) =>
          plan?.streams.some((each) => each.source === source && each.layer === layer && each.without.includes(self)) === true
        return parents(plan, self, wants, reachable).filter((want) => !isKept(want))
      },
    },
  },
  {
    name: 'whoever plans may burden one with everything',
    scenario: meetingHostile,
    bug: { parents: (plan, self, wants, reachable) => parents(plan, self, wants, reachable) },
  },
  {
    name: 'each of those behind one line is believed',
    scenario: meetingShared,
    bug: { weigh: (before, facts, plan, nowMs) => ({ ...weigh(before, facts, plan, nowMs), standings: new Map() }) },
  },
  {
    name: 'the dearest carrier is taken',
    scenario: meetingSmall,
    bug: {
      planMeeting(facts, before, terms) {
        const steady = new Map([...facts].map(([id, each]) => [id, { ...each, isSteady: !each.isSteady }]))
        return planMeeting(steady, before, terms)
      },
    },
  },
]

/** Each child below the one named before it, one hop past the bound. */
function deepened(plan: MeetingPlan): MeetingPlan {
  const streams = plan.streams.map((stream) => {
    const [first, ...rest] = stream.edges
    if (first === undefined || rest.length < hopsOf(stream.layer)) return stream
    const chain = rest.map(([child], at): [number, number] => [child, (rest[at - 1] ?? first)[0]])
    return { ...stream, edges: [first, ...chain] }
  })
  return { ...plan, streams }
}
