import { expect, test } from 'vitest'
import { beginShow, byBeginning, changeShow, positionAt, takeOverShow } from '../../../../src/core/watch/show.ts'
import { ACTS_LAPSE_MS } from '../../../../src/protocol/limits.ts'

const NOW = 1_700_000_000_000
const FILM = { kind: 'file', file: 'AAAAAAAAAAAAAAAAAAAAAA' } as const
const show = beginShow({ id: 'film', source: FILM, nowMs: NOW, before: undefined })

test('[WATCH-3] a show goes on from where it was said to be, at its speed, and stands while it is paused', () => {
  expect(positionAt(show, NOW + 5_000)).toBe(5_000)
  expect(positionAt({ ...show, rate: 150, positionMs: 1_000 }, NOW + 2_000)).toBe(4_000)
  expect(positionAt({ ...show, isPlaying: false, positionMs: 700 }, NOW + 5_000)).toBe(700)
  // A clock that is a little behind does not lead before the beginning.
  expect(positionAt(show, NOW - 30)).toBe(0)
})

test('[WATCH-3] a change holds from the moment it was made, and what does not move it leaves its times alone', () => {
  const paused = changeShow(show, { isPlaying: false }, NOW + 1_500.4)
  expect(paused).toEqual({ ...show, isPlaying: false, positionMs: 1_500, atMs: NOW + 1_500 })
  expect(changeShow(paused, { isPlaying: true, positionMs: 60_000.7 }, NOW + 9_000)).toMatchObject({
    positionMs: 60_001,
    atMs: NOW + 9_000,
  })
  const faster = changeShow(show, { rate: 200 }, NOW + 1_000)
  expect(positionAt(faster, NOW + 2_000)).toBe(3_000)
  expect(changeShow(show, { isMuted: true, place: 'corner' }, NOW + 777)).toEqual({ ...show, isMuted: true, place: 'corner' })
  expect(changeShow(show, { positionMs: -5 }, NOW).positionMs).toBe(0)
})

test('[WATCH-4] who takes a show over comes after who began it, whatever their clocks, and goes on from the same place', () => {
  const hourBehind = NOW - 3_600_000
  const taken = takeOverShow({ ...show, overlays: [{ kind: 'banner', text: 'Hi' }] }, 12_345.6, hourBehind)
  expect(taken).toEqual({ ...show, overlays: [{ kind: 'banner', text: 'Hi' }], begunAtMs: NOW + 1, positionMs: 12_346, atMs: hourBehind })
  expect(beginShow({ id: 'next', source: FILM, nowMs: hourBehind, before: taken }).begunAtMs).toBe(NOW + 2)
})

test('[WATCH-19] whoever shows something after one that claims to begin in a time that no act may have, is on for all', () => {
  const claims = [1, 2, 3].map((times) => NOW + times * ACTS_LAPSE_MS)
  for (const claimed of [...claims.flatMap((ms) => [ms - 1_000, ms + 1_000]), Number.MAX_SAFE_INTEGER]) {
    const before = { ...show, begunAtMs: claimed }
    // Clocks of those who look are some minutes apart.
    for (const skewMs of [-300_000, -1, 0, 1, 300_000]) {
      const after = beginShow({ id: 'next', source: FILM, nowMs: NOW + skewMs, before })
      expect([before, after].sort(byBeginning(NOW))[0]?.id).toBe('next')
    }
    expect(takeOverShow(before, 0, NOW).begunAtMs).toBeLessThanOrEqual(NOW + 2 * ACTS_LAPSE_MS + 1)
  }
  expect([show, { ...show, id: 'later', begunAtMs: NOW + ACTS_LAPSE_MS }].sort(byBeginning(NOW))[0]?.id).toBe('later')
})
