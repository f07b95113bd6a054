import { expect, test } from 'vitest'
import { encodeFrame, parseFrame } from '../../../src/protocol/frame.ts'
import { MEETING_FRAME_BYTES, MEMBERS, PLAN_EDGES, SUBSCRIPTIONS_PER_HOP } from '../../../src/protocol/limits.ts'
import { type MeetingFacts, type MeetingPlan, meetingMessage } from '../../../src/protocol/meeting.ts'

const parse = (message: unknown) => parseFrame(encodeFrame(message), meetingMessage, MEETING_FRAME_BYTES)
const MALFORMED = { kind: 'refused', reason: 'frame-malformed' }

const ids = (count: number) => Array.from({ length: count }, (_, at) => 0xffff_ffff - at)

function planOf(streams: number, edgesEach: number): MeetingPlan {
  const edges = ids(edgesEach).map((id): [number, number] => [id, id - 1])
  const stream = (source: number): MeetingPlan['streams'][number] => ({
    source,
    layer: 'main',
    edges,
    without: [],
    reason: 'r'.repeat(120),
  })
  return { t: 'plan', term: 1, number: 1, streams: ids(streams).map(stream) }
}

test('[FRAME-24] the plan of a full room fits one message', () => {
  const plan = planOf(2 * MEMBERS, PLAN_EDGES / (2 * MEMBERS) - 1)
  expect(parse(plan)).toEqual({ kind: 'ok', message: plan })
})

test('[FRAME-24] a plan of more edges than agreed is refused, however they are spread', () => {
  expect(parse(planOf(10, PLAN_EDGES / 10))).toMatchObject({ kind: 'ok' })
  expect(parse(planOf(10, PLAN_EDGES / 10 + 1))).toEqual(MALFORMED)
  expect(parse(planOf(1, PLAN_EDGES + 1))).toEqual(MALFORMED)
})

test('[FRAME-24] the facts of somebody who knows and wants everything fit one message', () => {
  const facts: MeetingFacts = {
    t: 'facts',
    uplinkKbps: 100_000_000,
    downlinkKbps: 100_000_000,
    packetsPerSecond: 10_000_000,
    forwards: MEMBERS,
    isSteady: true,
    rtts: ids(MEMBERS).map((id) => [id, 60_000]),
    sends: [{ layer: 'screen-audio', kbps: 100_000_000, packetsPerSecond: 10_000 }],
    wants: ids(SUBSCRIPTIONS_PER_HOP).map((id) => [id, 'screen-audio']),
    delivered: ids(MEMBERS).map((id) => [id, 1_000]),
  }
  expect(parse(facts)).toEqual({ kind: 'ok', message: facts })
  expect(parse({ ...facts, wants: [...facts.wants, [1, 'main']] })).toEqual(MALFORMED)
})

test('[FRAME-24] what is too large is refused before it is read', () => {
  const tooLarge = { t: 'key', generation: 0, secret: new Uint8Array(MEETING_FRAME_BYTES) }
  expect(parse(tooLarge)).toEqual({ kind: 'refused', reason: 'frame-too-large' })
})
