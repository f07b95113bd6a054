import { expect, test } from 'vitest'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { KEY_SOURCES } from '../../../../src/protocol/limits.ts'
import { KeyTellers } from '../../../../src/tab/meeting/key-tellers.ts'

test('[MEDIAWORKER-42] whose key is here is known as long as the worker keeps it: however often people come anew, no longer', () => {
  const tellers = new KeyTellers()
  const [present, gone] = ['present', 'gone'] as TabId[] as [TabId, TabId]
  expect([tellers.told(present), tellers.told(gone)]).toEqual([false, false])
  for (let visit = 2; visit < KEY_SOURCES; visit++) tellers.told(`visit ${visit}` as TabId)
  expect([tellers.has(present), tellers.has(gone)]).toEqual([true, true])
  // Who is here tells a new one whenever somebody leaves.
  expect(tellers.told(present)).toBe(true)
  tellers.told('one more' as TabId)
  expect([tellers.has(present), tellers.has(gone)]).toEqual([true, false])
  // It came back.
  expect([tellers.told(gone), tellers.has(gone)]).toEqual([false, true])
})
