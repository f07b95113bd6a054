import * as v from 'valibot'
import { expect, test } from 'vitest'
import { logRound } from '../../../../src/core/call/overlay/log-round.ts'
import { replayMeeting } from '../../../../src/core/replay/replay-meeting.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { LOG_FACTS, LOG_ROUNDS } from '../../../../src/protocol/limits.ts'
import { type MediaId, mediaIdOf } from '../../../../src/protocol/media.ts'
import type { MeetingFacts, MeetingMessage } from '../../../../src/protocol/meeting.ts'
import { type LoggedRound, meetingLog } from '../../../../src/protocol/meeting-log.ts'
import { Conductor } from '../../../../src/tab/meeting/conductor.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'

const TABS = ['ann', 'ben', 'cleo', 'dan', 'eve', 'fay'] as unknown as readonly TabId[]
const [ANN] = TABS as readonly [TabId]

/** Ann's picture is wanted by all, and her line carries it twice. */
function factsOf(tab: TabId): MeetingFacts {
  const isSource = tab === ANN
  return {
    t: 'facts',
    uplinkKbps: isSource ? 1_300 : 8_000,
    downlinkKbps: 50_000,
    packetsPerSecond: 10_000,
    forwards: 32,
    isSteady: true,
    rtts: TABS.filter((other) => other !== tab).map((other) => [mediaIdOf(other), 2]),
    sends: isSource ? [{ layer: 'main', kbps: 600, packetsPerSecond: 15 }] : [],
    wants: isSource ? [] : [[mediaIdOf(ANN), 'main']],
    delivered: [],
  }
}

/** `hostile`: says that it conducts in the highest term, and tells only what the test has it tell. */
function meet(isLost: (to: TabId, message: MeetingMessage) => boolean = () => false, hostile?: TabId) {
  const clock = new ManualClock()
  const said: { readonly to: TabId; readonly message: MeetingMessage }[] = []
  const tabs = new Map<MediaId, TabId>(TABS.map((tab) => [mediaIdOf(tab), tab]))
  const conductors = new Map<TabId, Conductor>()
  const follow = (tab: TabId) => {
    const others = TABS.filter((other) => other !== tab).map((other, at) => ({
      id: mediaIdOf(other),
      conducts: other === hostile ? 2 ** 31 : (conductors.get(other)?.term ?? 0),
      isSteady: true,
      sinceMs: at,
    }))
    conductors.get(tab)?.follow(others, { isSteady: true, sinceMs: TABS.indexOf(tab) })
  }
  for (const self of TABS.filter((tab) => tab !== hostile)) {
    const tell = (to: TabId, message: MeetingMessage) => {
      said.push({ to, message })
      clock.after(5, () => {
        if (!isLost(to, message)) conductors.get(to)?.hear(self, message)
      })
      return true
    }
    // Presence, which says who conducts, takes its time too.
    const onChange = () => clock.after(20, () => TABS.forEach(follow))
    conductors.set(
      self,
      new Conductor({
        self,
        clock,
        tell,
        tabOf: (id) => tabs.get(id),
        facts: () => factsOf(self),
        segment: () => undefined,
        onPlanned: () => {},
        onChange,
      }),
    )
  }
  TABS.forEach(follow)
  const plans = () => TABS.map((tab) => conductors.get(tab)?.plan)
  const rounds = () => TABS.map((tab) => conductors.get(tab)?.rounds ?? []).find((made) => made.length > 0) ?? []
  const hear = (from: TabId, message: MeetingMessage) => {
    for (const tab of TABS) if (tab !== from) conductors.get(tab)?.hear(from, message)
  }
  return { clock, said, plans, rounds, hear, follow: () => TABS.forEach(follow) }
}

test('[MEETING-5] one plan is followed by all; it is told once, and then that it holds, however often this is looked at', () => {
  const { clock, said, plans, follow } = meet()
  clock.advance(10_000)
  const [first, ...others] = plans()
  expect(first?.streams[0]?.edges.length).toBeGreaterThan(0)
  for (const plan of others) expect(plan).toEqual(first)

  said.length = 0
  for (let looks = 0; looks < 100; looks++) {
    clock.advance(100)
    follow()
  }
  const counted = (t: MeetingMessage['t']) => said.filter(({ message }) => message.t === t).length
  expect(counted('plan')).toBe(0)
  expect(counted('plan-holds')).toBeGreaterThanOrEqual(4 * (TABS.length - 1))
  expect(counted('plan-holds')).toBeLessThanOrEqual(6 * (TABS.length - 1))
})

test('[MEETING-6] who never got the plan that is spoken of asks for it', () => {
  const last = TABS.at(-1) as TabId
  let lost = 0
  const { clock, plans } = meet((to, message) => to === last && message.t === 'plan' && ++lost <= 2)
  clock.advance(15_000)
  expect(lost).toBeGreaterThan(0)
  expect(plans().at(-1)).toEqual(plans()[0])
})

test('[OVERLAY-22] plans that keep a small picture from people are followed for ten seconds, whatever their term', () => {
  const eve = TABS[4] as TabId
  const { clock, plans, hear } = meet(undefined, eve)
  const without = TABS.filter((tab) => tab !== ANN).map(mediaIdOf)
  const streams = [{ source: mediaIdOf(ANN), layer: 'thumb' as const, edges: [], without, reason: '' }]
  const layers = () => plans()[1]?.streams.map(({ layer }) => layer)
  const seen = Array.from({ length: 20 }, () => {
    hear(eve, { t: 'plan', term: 2 ** 31, number: 1, streams })
    clock.advance(1_000)
    return layers()
  })
  expect([seen[1], seen[8], seen.at(-1)]).toEqual([['thumb'], ['thumb'], ['main']])
})

test('[BALANCE-28] what plans were made of is kept as JSON, and gives the same plans again; other policies would do otherwise', () => {
  const { clock, rounds } = meet()
  clock.advance(60_000)
  const text = JSON.stringify({ t: 'meeting-log', rounds: rounds() })
  const log = v.parse(meetingLog, JSON.parse(text))
  expect(log.rounds.length).toBeGreaterThan(3)
  expect(log.rounds.length).toBeLessThan(9)
  const { logged, policies } = replayMeeting(log, ['ours', 'mesh'])
  expect(policies[0]).toEqual({ policy: 'ours', figures: logged, differing: 0, differences: [] })
  expect(logged.overfull).toBe(0)
  const mesh = policies[1]
  expect(mesh).toMatchObject({ differing: log.rounds.length, figures: { passed: 0, overfull: log.rounds.length } })
  expect(mesh?.differences[0]?.logged).toMatch(/wants? it.*#\d+ passes it on/)
})

test('[BALANCE-28] rounds are kept within bounds, the latest of them', () => {
  let rounds: readonly LoggedRound[] = []
  const facts = new Map(Array.from({ length: 100 }, (_, n) => [n + 1, factsOf(ANN)] as const))
  const log = (atMs: number, of: typeof facts) => {
    const plan = { t: 'plan' as const, term: 1, number: atMs, streams: [] }
    const round = { atMs, term: 1, facts: of, standings: new Map(), before: undefined, plan }
    rounds = logRound(logRound(rounds, round), round)
  }
  for (let n = 0; n < 200; n++) log(n, facts)
  expect([rounds.length, rounds.at(-1)?.atMs]).toEqual([LOG_FACTS / facts.size, 199])
  for (let n = 200; n < 500; n++) log(n, new Map([...facts].slice(0, 2)))
  expect(rounds.length).toBe(LOG_ROUNDS)
})
