import { expect, test } from 'vitest'
import { hearPresence, isNews, type Present, whoIsUnseen, whoLacks } from '../../../../src/core/room/presence.ts'
import { type TabId, toDeviceId } from '../../../../src/protocol/ids.ts'
import { MEMBERS } from '../../../../src/protocol/limits.ts'
import type { PresenceRecord } from '../../../../src/protocol/room-state.ts'

const [me, ann, ben, cid] = ['me', 'ann', 'ben', 'cid'] as TabId[] as [TabId, TabId, TabId, TabId]
const device = toDeviceId(new Uint8Array(32))
const other = toDeviceId(new Uint8Array(32).fill(1))
const record = (tab: TabId, change: Partial<PresenceRecord> = {}): PresenceRecord => ({
  tab,
  device,
  wire: { min: 1, max: 1 },
  sequence: 1,
  leader: false,
  call: null,
  sees: [],
  gone: false,
  ...change,
})
const present = (...records: PresenceRecord[]): Present => new Map(records.map((one) => [one.tab, one]))

test('[STATE-9] a tab names the device of its hello; of others it may only pass on', () => {
  expect([
    hearPresence(record(ann), { tab: ann, device }),
    hearPresence(record(ann), { tab: ann, device: other }),
    hearPresence(record(ann), { tab: ben, device: other }),
  ]).toEqual(['said', 'refused', 'said'])
})

test('[STATE-10] a goodbye counts from the tab itself and from nobody else', () => {
  const gone = record(ann, { gone: true })
  expect([hearPresence(gone, { tab: ann, device }), hearPresence(gone, { tab: ben, device })]).toEqual(['goodbye', 'ignored'])
})

test('[PRESENCE-1] only a higher number is news, and only of others', () => {
  const here = present(record(me), record(ann, { sequence: 5 }))
  const news = [
    record(ann, { sequence: 6 }),
    record(ann, { sequence: 5 }),
    record(ann, { sequence: 4 }),
    record(ben),
    record(me, { sequence: 9 }),
  ]
  expect(news.map((one) => isNews(one, here, me))).toEqual([true, false, false, true, false])
})

test('[PRESENCE-1] a full room takes news of those it knows and of nobody else', () => {
  const full = present(...Array.from({ length: MEMBERS }, (_, n) => record(`tab${n}` as TabId)))
  expect([isNews(record('tab0' as TabId, { sequence: 2 }), full, me), isNews(record(ann), full, me)]).toEqual([true, false])
})

test('[PRESENCE-6] news goes to those its maker does not see, our own to all', () => {
  const here = present(record(ann, { sees: [me, ben] }), record(ben), record(cid))
  expect([whoLacks([ann, ben, cid], ann, here), whoLacks([ann, ben, cid], undefined, here)]).toEqual([[cid], [ann, ben, cid]])
})

test('[PRESENCE-4] unseen is whom neither we nor those we are connected to see', () => {
  const here = present(record(me), record(ann, { sees: [ben] }), record(ben, { sees: [cid] }), record(cid))
  expect([[...whoIsUnseen(here, me, [ann])], [...whoIsUnseen(here, me, [])]]).toEqual([[cid], [ann, ben, cid]])
})
