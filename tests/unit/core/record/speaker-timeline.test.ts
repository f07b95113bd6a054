import { expect, test } from 'vitest'
import { endTimeline, hearSpeakers, SILENT_TIMELINE, type Timeline } from '../../../../src/core/record/speaker-timeline.ts'
import { speakersJson, speakersVtt } from '../../../../src/core/record/tell-speakers.ts'
import type { DeviceId } from '../../../../src/protocol/ids.ts'
import { SPEAKER_TURNS, TURN_PAUSE_MS } from '../../../../src/protocol/limits.ts'

const [ANN, BEN] = ['ann', 'ben'] as [DeviceId, DeviceId]
const nameOf = (device: DeviceId) => (device === ANN ? 'Ann' : 'Ben <b>\n-->& co')

function hear(...moments: readonly (readonly [atMs: number, ...speaking: DeviceId[]])[]): Timeline {
  return moments.reduce((timeline, [atMs, ...speaking]) => hearSpeakers(timeline, new Set(speaking), atMs), SILENT_TIMELINE)
}

test('[RECORD-5] a turn goes on over a short pause, and others may speak in it', () => {
  const timeline = hear([0, ANN], [1_000], [1_500, BEN], [1_800, BEN, ANN], [4_000], [4_000 + TURN_PAUSE_MS + 1, BEN])
  expect(endTimeline(timeline, 9_000)).toEqual([
    { who: ANN, fromMs: 0, toMs: 4_000 },
    { who: BEN, fromMs: 1_500, toMs: 4_000 },
    { who: BEN, fromMs: 4_000 + TURN_PAUSE_MS + 1, toMs: 9_000 },
  ])
})

test('[RECORD-5] however long a recording is, its turns are bounded, and nothing that was said is lost', () => {
  let timeline = SILENT_TIMELINE
  for (let n = 0; n < 1.2 * SPEAKER_TURNS; n++) {
    timeline = hearSpeakers(timeline, new Set([n % 2 === 0 ? ANN : BEN]), n * 4_000)
    timeline = hearSpeakers(timeline, new Set(), n * 4_000 + 500)
    if (timeline.turns.length > SPEAKER_TURNS) throw new Error('too many')
  }
  const turns = endTimeline(timeline, 5_000 * SPEAKER_TURNS)
  const covered = (who: DeviceId, atMs: number) => turns.some((turn) => turn.who === who && turn.fromMs <= atMs && atMs <= turn.toMs)
  for (let n = 0; n < 1.2 * SPEAKER_TURNS; n += 997) expect(covered(n % 2 === 0 ? ANN : BEN, n * 4_000 + 250)).toBe(true)
})

test('[RECORD-6] chapters stay chapters whatever people call themselves', () => {
  const turns = [
    { who: ANN, fromMs: 61, toMs: 3_599_999 },
    { who: BEN, fromMs: 3_600_000, toMs: 3_661_001 },
  ]
  expect(speakersVtt({ turns, nameOf })).toBe(
    'WEBVTT\n\n00:00:00.061 --> 00:59:59.999\nAnn\n\n01:00:00.000 --> 01:01:01.001\nBen &lt;b&gt; --&gt;&amp; co\n',
  )
  const pieces = [{ name: 'part 001.webm', fromMs: 0, toMs: 5, bytes: 7 }]
  const told = { beganAtMs: 0, durationMs: 3_700_000, recordedBy: 'Ann', turns, nameOf, pieces }
  expect(JSON.parse(speakersJson(told))).toEqual({
    version: 1,
    beganAt: '1970-01-01T00:00:00.000Z',
    durationMs: 3_700_000,
    recordedBy: 'Ann',
    pieces,
    speakers: turns.map(({ who, ...span }) => ({ device: who, name: nameOf(who), ...span })),
  })
})
