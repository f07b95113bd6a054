import { expect, test } from 'vitest'
import { planMeeting } from '../../../../src/core/call/overlay/plan-meeting.ts'
import { type Replay, replayMeeting } from '../../../../src/core/replay/replay-meeting.ts'
import type { MeetingLog } from '../../../../src/protocol/meeting-log.ts'
import type { ReplayNews } from '../../../../src/protocol/replay-worker.ts'
import { replayFile } from '../../../../workers/replay/replay-file.ts'
import { meetingOf } from '../../core/call/overlay/facts.ts'

const FACTS = meetingOf([2_000, 9_000, 9_000, 3_000])
const PLAN = planMeeting(FACTS, undefined, { term: 1, standings: new Map() })
const LOG: MeetingLog = {
  t: 'meeting-log',
  rounds: [0, 10_000, 20_000].map((atMs) => ({ atMs, term: 1, facts: [...FACTS], standings: [], before: PLAN, plan: PLAN })),
}

/** Each look at the clock costs `lookMs`. */
async function run(text: string, policies: readonly string[], lookMs = 0) {
  const news: ReplayNews<Replay>[] = []
  const rests: number[] = []
  let nowMs = 0
  await replayFile(
    { t: 'replay', file: { text: async () => text }, policies },
    {
      tell: (one) => news.push(one),
      nowMs: () => (nowMs += lookMs),
      rest: async (ms) => {
        rests.push(ms)
      },
    },
  )
  return { news, rests }
}

test('[BALANCE-45] a log in a file is planned again by the policies that are known', async () => {
  const { news, rests } = await run(JSON.stringify(LOG), ['mesh', 'luck'])
  expect(news).toEqual([{ t: 'replayed', replay: replayMeeting(LOG, ['mesh']) }])
  expect(rests).toEqual([])
})

test('[BALANCE-47] what takes long rests as long as it worked, and says how far it is', async () => {
  const { news, rests } = await run(JSON.stringify(LOG), ['mesh'], 25)
  expect(rests).toEqual([25, 25, 25, 25, 25, 25])
  expect(news.map((one) => (one.t === 'step' ? one.done : one.t))).toEqual([1, 2, 3, 4, 5, 6, 'replayed'])
})

test('[BALANCE-46] what is no log is refused whole', async () => {
  for (const text of [
    '',
    '{',
    'null',
    '{"t":"meeting-log"}',
    JSON.stringify({ ...LOG, t: 'plan' }),
    JSON.stringify({ ...LOG, rounds: [{}] }),
  ])
    expect((await run(text, ['mesh'])).news).toEqual([{ t: 'no-log' }])
})
