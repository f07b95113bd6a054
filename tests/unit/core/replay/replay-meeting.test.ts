import * as v from 'valibot'
import { expect, test } from 'vitest'
import { planMeeting } from '../../../../src/core/call/overlay/plan-meeting.ts'
import { POLICY_NAMES } from '../../../../src/core/replay/policy-names.ts'
import { replayMeeting, replaySteps } from '../../../../src/core/replay/replay-meeting.ts'
import { LOG_FACTS, REPLAY_DIFFERENCES, TREE_DEPTH } from '../../../../src/protocol/limits.ts'
import type { Layer, MediaId } from '../../../../src/protocol/media.ts'
import type { MeetingFacts, MeetingPlan } from '../../../../src/protocol/meeting.ts'
import { type LoggedRound, type MeetingLog, meetingLog } from '../../../../src/protocol/meeting-log.ts'
import { type Facts, factsOf } from '../call/overlay/facts.ts'

const PICTURE = { layer: 'main', kbps: 600, packetsPerSecond: 15 } as const
const SMALL = { layer: 'thumb', kbps: 60, packetsPerSecond: 8 } as const

/** The first shows a picture that all want; `uplinks` are theirs, the first one's too. */
function shownBy(uplinks: readonly number[], change: (id: MediaId) => Partial<MeetingFacts> = () => ({})): Facts {
  const ids = uplinks.map((_, nth) => nth + 1)
  return new Map(
    ids.map((id) => {
      const wants: [MediaId, Layer][] = id === 1 ? [] : [[1, 'main']]
      const own = { uplinkKbps: uplinks[id - 1] ?? 0, sends: id === 1 ? [PICTURE] : [], wants, ...change(id) }
      return [id, factsOf(id, ids, own)]
    }),
  )
}

/** Rounds as their conductor keeps them: each planned from the plan before. */
function logOf(rounds: readonly Facts[]): MeetingLog {
  const logged: LoggedRound[] = []
  for (const [nth, facts] of rounds.entries()) {
    const before = logged.at(-1)?.plan
    const plan = planMeeting(facts, before, { term: 1, standings: new Map() })
    logged.push({ atMs: 5_000 + nth * 10_000, term: 1, facts: [...facts], standings: [], before: before ?? null, plan })
  }
  return { t: 'meeting-log', rounds: logged }
}

function replayed(log: MeetingLog) {
  const { logged, policies } = replayMeeting(log, POLICY_NAMES)
  return { logged, ...Object.fromEntries(policies.map((one) => [one.policy, one])) } as unknown as Readonly<
    Record<'logged', typeof logged> & Record<(typeof POLICY_NAMES)[number], (typeof policies)[number]>
  >
}

test('[BALANCE-45] a line that carries two of five copies: ours is passed on and all comes in time, a mesh keeps all five waiting', () => {
  const { logged, ours, mesh, nearest } = replayed(logOf([shownBy([1_300, 8_000, 8_000, 8_000, 8_000, 8_000])]))
  expect(logged).toMatchObject({ wanted: 5, wellCome: 5, late: 0, missing: 0, overfull: 0 })
  expect(ours.figures).toEqual(logged)
  expect(mesh.figures).toMatchObject({ wanted: 5, wellCome: 0, late: 5, missing: 0, overfull: 1, passed: 0, delayMs: 10 })
  expect(mesh.figures.fullest).toBeCloseTo(3_000 / 1_300)
  // All lines are alike and near: to the nearest is as good here, and costs a second hop.
  expect(nearest.figures).toMatchObject({ wellCome: 5, late: 0, passed: 3 })
  expect(nearest.figures.delayMs).toBeCloseTo((2 * 10 + 3 * 20) / 5)
})

test('[BALANCE-45] plain redirects do not ask how full a line is: the nearest, in turn and at random', () => {
  // Two are served by the source: the second could pass the picture on five times, the third, whom all are near to, once.
  const near = (id: MediaId) => ({
    rtts: [1, 2, 3, 4, 5, 6, 7].filter((other) => other !== id).map((other): [number, number] => [other, other === 3 ? 4 : 40]),
  })
  const { logged, nearest, turns, random } = replayed(logOf([shownBy([1_300, 4_000, 700, 500, 500, 500, 500], near)]))
  expect(logged).toMatchObject({ wellCome: 6, overfull: 0 })
  expect(nearest.figures).toMatchObject({ wellCome: 2, late: 4, overfull: 1 })
  expect(nearest.differences[0]?.replayed).toBe('its sender sends 2 copies; the nearest who has it passes it on: #3')
  expect(turns.figures).toMatchObject({ wellCome: 4, late: 2 })
  expect(turns.differences[0]?.replayed).toBe('its sender sends 2 copies; each who has it passes it on in turn: #2 and #3')
  expect(random.figures.wellCome + random.figures.late).toBe(6)
})

test('[BALANCE-45] who is drawn stays, so that chance alone moves nobody; who comes and goes moves those in turn', () => {
  const all = shownBy([1_300, 8_000, 8_000, 8_000, 8_000, 8_000, 8_000])
  const gone = new Map([...all].filter(([id]) => id !== 4))
  const { random, turns, logged } = replayed(logOf([all, all, gone, gone]))
  expect([random.figures.moved, logged.moved]).toEqual([0, 0])
  expect(turns.figures.moved).toBeGreaterThan(0)
})

test('[BALANCE-45] where there is no link a mesh brings nothing, and a plan goes round', () => {
  const apart = (id: MediaId) => ({
    rtts: [1, 2, 3].filter((other) => other !== id && id + other !== 4).map((other): [number, number] => [other, 20]),
  })
  const { logged, mesh } = replayed(logOf([shownBy([8_000, 8_000, 8_000], apart)]))
  expect(logged).toMatchObject({ wanted: 2, wellCome: 2, missing: 0, delayMs: 15 })
  expect(mesh.figures).toMatchObject({ wanted: 2, wellCome: 1, missing: 1, delayMs: 10 })
})

test('[BALANCE-45] a short line down takes the small picture by our plan, and waits without one', () => {
  const short = (id: MediaId) => (id === 1 ? { sends: [SMALL, PICTURE] } : { downlinkKbps: id === 2 ? 300 : 9_000 })
  const { logged, mesh } = replayed(logOf([shownBy([8_000, 8_000, 8_000], short)]))
  expect(logged).toMatchObject({ wanted: 2, wellCome: 1, small: 1, late: 0 })
  expect(mesh.figures).toMatchObject({ wanted: 2, wellCome: 1, small: 0, late: 1 })
})

test('[BALANCE-45] the first differences are told once each, with both reasons, and no more than their bound', () => {
  const facts = shownBy([1_300, 8_000, 8_000, 8_000, 8_000, 8_000])
  const { mesh } = replayed(logOf([facts, facts, facts]))
  expect(mesh.differing).toBe(3)
  expect(mesh.differences).toEqual([
    {
      atMs: 0,
      of: '#1',
      layer: 'main',
      logged: expect.stringMatching(/^5 people want it; its sender sends \d cop.*#\d+ passes it on$/),
      replayed: 'straight to everybody',
    },
  ])
  // There and away again: told anew each time, until there are enough.
  const wide = shownBy([9_000, 8_000, 8_000, 8_000, 8_000, 8_000])
  const often = replayed(logOf(Array.from({ length: 4 * REPLAY_DIFFERENCES }, (_, nth) => (nth % 2 === 0 ? facts : wide))))
  expect(often.mesh.differing).toBeGreaterThan(REPLAY_DIFFERENCES)
  for (const name of POLICY_NAMES) expect(often[name].differences.length).toBeLessThanOrEqual(REPLAY_DIFFERENCES)
  expect(often.mesh.differences.length).toBe(REPLAY_DIFFERENCES)
  expect(often.mesh.differences[1]?.atMs).toBeGreaterThanOrEqual(10_000)
})

test('[BALANCE-45] a plan that leads in circles, farther than tabs follow, or through somebody unknown, brings nothing and ends', () => {
  const facts = shownBy([8_000, 8_000, 8_000, 8_000, 8_000])
  const comeBy = (edges: [MediaId, MediaId][]) => {
    const plan: MeetingPlan = { t: 'plan', term: 1, number: 1, streams: [{ source: 1, layer: 'main', edges, without: [], reason: '' }] }
    const log: MeetingLog = { t: 'meeting-log', rounds: [{ atMs: 0, term: 1, facts: [...facts], standings: [], before: null, plan }] }
    const { wellCome, missing } = replayMeeting(log, []).logged
    return [wellCome, missing]
  }
  const chain = (length: number) => Array.from({ length }, (_, nth): [MediaId, MediaId] => [nth + 3, nth + 2])
  expect(comeBy(chain(TREE_DEPTH - 1))).toEqual([4, 0])
  expect(comeBy(chain(TREE_DEPTH))).toEqual([3, 1])
  const circle: [MediaId, MediaId][] = [
    [2, 3],
    [3, 2],
    [4, 99],
  ]
  expect(comeBy(circle)).toEqual([2, 2])
})

test('[BALANCE-45] it goes in steps, one for each round and policy', () => {
  const facts = shownBy([1_300, 8_000, 8_000])
  const steps = [...replaySteps(logOf([facts, facts]), ['ours', 'mesh'])]
  expect(steps).toEqual([1, 2, 3, 4, 5, 6].map((done) => ({ done, of: 6 })))
  expect(replayMeeting({ t: 'meeting-log', rounds: [] }, ['ours'])).toMatchObject({ rounds: 0, lastedMs: 0, people: 0 })
})

test('[BALANCE-46] a log within its bounds is read; one beyond them, or with figures that are none, is not', () => {
  const [round] = logOf([shownBy([1_300, 8_000, 8_000])]).rounds
  const read = (rounds: readonly unknown[]) => v.is(meetingLog, JSON.parse(JSON.stringify({ t: 'meeting-log', rounds })))
  expect([read([]), read([round]), read([{ ...round, term: -1 }]), read([{ ...round, atMs: '0' }])]).toEqual([true, true, false, false])
  expect(v.is(meetingLog, { t: 'meeting-log', rounds: [{ ...round, atMs: Number.POSITIVE_INFINITY }] })).toBe(false)
  const many = { ...round, facts: Array.from({ length: 300 }, (_, nth) => [nth + 1, factsOf(1, [], {})]) }
  const fitting = LOG_FACTS / 300
  expect([read(Array(fitting).fill(many)), read(Array(fitting + 1).fill(many))]).toEqual([true, false])
})
