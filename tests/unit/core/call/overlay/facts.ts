/** Facts of meetings for tests of the overlay. */
import fc from 'fast-check'
import type { Layer, MediaId } from '../../../../../src/protocol/media.ts'
import type { MeetingFacts } from '../../../../../src/protocol/meeting.ts'

export type Facts = ReadonlyMap<MediaId, MeetingFacts>

export const RATES = {
  audio: { kbps: 40, packetsPerSecond: 50 },
  thumb: { kbps: 80, packetsPerSecond: 8 },
  main: { kbps: 700, packetsPerSecond: 30 },
} as const

/** Everybody sees everybody in full, over lines of the given size. */
export function meetingOf(uplinks: readonly number[], more: Partial<MeetingFacts> = {}): Facts {
  const ids = uplinks.map((_, n) => n + 1)
  return new Map(ids.map((id) => [id, factsOf(id, ids, { uplinkKbps: uplinks[id - 1] ?? 0, ...more })]))
}

export function factsOf(self: MediaId, ids: readonly MediaId[], more: Partial<MeetingFacts>): MeetingFacts {
  const others = ids.filter((id) => id !== self)
  return {
    t: 'facts',
    uplinkKbps: 10_000,
    downlinkKbps: 100_000,
    packetsPerSecond: 20_000,
    forwards: 32,
    isSteady: true,
    rtts: others.map((id) => [id, 20]),
    sends: (['audio', 'thumb', 'main'] as const).map((layer) => ({ layer, ...RATES[layer] })),
    wants: others.flatMap((id): [MediaId, Layer][] => [
      [id, 'audio'],
      [id, 'main'],
    ]),
    delivered: [],
    ...more,
  }
}

/** Meetings of every kind: lines thin and fat, tabs that pass nothing on, pairs that do not reach each other, wants of all sorts. */
export const anyMeeting: fc.Arbitrary<Facts> = fc
  .integer({ min: 2, max: 16 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => anyFacts(n + 1, count))))
  .map((all) => new Map(all.map((facts, n) => [n + 1, facts])))

function anyFacts(self: MediaId, count: number): fc.Arbitrary<MeetingFacts> {
  const others = Array.from({ length: count }, (_, n) => n + 1).filter((id) => id !== self)
  return fc
    .record({
      uplinkKbps: fc.constantFrom(1, 300, 2_000, 5_000, 10_000, 20_000),
      downlinkKbps: fc.constantFrom(0, 500, 3_000, 50_000),
      packetsPerSecond: fc.constantFrom(50, 500, 20_000),
      forwards: fc.constantFrom(0, 1, 3, 32),
      isSteady: fc.boolean(),
      reached: fc.subarray(others, { minLength: Math.floor(others.length / 2) }),
      rttMs: fc.integer({ min: 1, max: 300 }),
      seen: fc.subarray(others),
      full: fc.subarray(others),
    })
    .map(({ reached, rttMs, seen, full, ...rest }) =>
      factsOf(self, [], {
        ...rest,
        rtts: reached.map((id) => [id, rttMs]),
        wants: [
          ...others.map((id): [MediaId, Layer] => [id, 'audio']),
          ...seen.map((id): [MediaId, Layer] => [id, full.includes(id) ? 'main' : 'thumb']),
        ],
      }),
    )
}
