import { expect, test } from 'vitest'
import { recentSpeakers } from '../../../../src/core/call/recent-speakers.ts'
import { SPEAKERS_REMEMBERED } from '../../../../src/protocol/limits.ts'

const ALL = new Set('abcdefghijklmnopqrstuvwxyz')

test('[CALL-15] who spoke last comes first; those who go on speaking keep their places', () => {
  const first = recentSpeakers([], ['a'], ALL)
  expect(first).toEqual(['a'])
  const second = recentSpeakers(first, ['a', 'b'], ALL)
  expect(second).toEqual(['b', 'a'])
  expect(recentSpeakers(second, ['a', 'b'], ALL)).toBe(second)
  // Ann falls silent and speaks again: before those who are silent.
  expect(recentSpeakers(second, ['a'], ALL)).toEqual(['a', 'b'])
  expect(recentSpeakers(second, [], new Set(['a']))).toEqual(['a'])
  expect(recentSpeakers([], [...ALL], ALL)).toHaveLength(SPEAKERS_REMEMBERED)
})
