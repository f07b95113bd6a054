import { expect, test } from 'vitest'
import { askRefresh, NO_REFRESHES } from '../../../../../src/core/call/frames/merge-refresh.ts'
import { REFRESH_MERGE_MS } from '../../../../../src/protocol/limits.ts'

test('[FRAME-13] requests of many children for one stream go up once in a while, and other streams on their own', () => {
  let state = NO_REFRESHES
  const sent: [string, number][] = []
  for (let nowMs = 0; nowMs < 4 * REFRESH_MERGE_MS; nowMs += 10) {
    for (const key of nowMs < 2 * REFRESH_MERGE_MS ? ['1 main', '1 main', '2 main'] : ['1 main']) {
      const { next, isSent } = askRefresh(state, key, nowMs)
      state = next
      if (isSent) sent.push([key, nowMs])
    }
  }
  const times = (key: string) => sent.filter(([each]) => each === key).map(([, atMs]) => atMs)
  expect(times('1 main')).toEqual([0, REFRESH_MERGE_MS, 2 * REFRESH_MERGE_MS, 3 * REFRESH_MERGE_MS])
  expect(times('2 main')).toEqual([0, REFRESH_MERGE_MS])
  expect([...state.keys()]).toEqual(['1 main'])
})
