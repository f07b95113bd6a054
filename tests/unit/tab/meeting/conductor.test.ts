import { expect, test } from 'vitest'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { type MediaId, mediaIdOf } from '../../../../src/protocol/media.ts'
import type { MeetingFacts, MeetingMessage } from '../../../../src/protocol/meeting.ts'
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

function meet(isLost: (to: TabId, message: MeetingMessage) => boolean = () => false) {
  const clock = new ManualClock()
  const said: { readonly to: TabId; readonly message: MeetingMessage }[] = []
  const tabs = new Map<MediaId, TabId>(TABS.map((tab) => [mediaIdOf(tab), tab]))
  const conductors = new Map<TabId, Conductor>()
  const follow = (tab: TabId) => {
    const others = TABS.filter((other) => other !== tab).map((other, at) => ({
      id: mediaIdOf(other),
      conducts: conductors.get(other)?.term ?? 0,
      isSteady: true,
      sinceMs: at,
    }))
    conductors.get(tab)?.follow(others, { isSteady: true, sinceMs: TABS.indexOf(tab) })
  }
  for (const self of TABS) {
    const tell = (to: TabId, message: MeetingMessage) => {
      said.push({ to, message })
      clock.after(5, () => {
        if (!isLost(to, message)) conductors.get(to)?.hear(self, message)
      })
      return true
    }
    // Presence, which says who conducts, takes its time too.
    const onChange = () => clock.after(20, () => TABS.forEach(follow))
    conductors.set(self, new Conductor({ self, clock, tell, tabOf: (id) => tabs.get(id), facts: () => factsOf(self), onChange }))
  }
  TABS.forEach(follow)
  const plans = () => TABS.map((tab) => conductors.get(tab)?.plan)
  return { clock, said, plans, follow: () => TABS.forEach(follow) }
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
