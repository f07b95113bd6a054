import { expect, test } from 'vitest'
import type { ReachEvent } from '../../../../src/core/room/reach.ts'
import { type TabId, toDeviceId } from '../../../../src/protocol/ids.ts'
import { SEES_TOLD_MS } from '../../../../src/protocol/limits.ts'
import type { PresenceRecord } from '../../../../src/protocol/room-state.ts'
import { WIRE } from '../../../../src/protocol/wire-version.ts'
import { followPresence } from '../../../../src/tab/room/hearsay.ts'
import { createPresence } from '../../../../src/tab/room/presence.ts'

const device = toDeviceId(new Uint8Array(32))
const [me, ann, ben] = ['me', 'ann', 'ben'] as TabId[] as [TabId, TabId, TabId]
const record = (tab: TabId, change: Partial<PresenceRecord> = {}): PresenceRecord => ({
  tab,
  device,
  wire: WIRE,
  sequence: 1,
  leader: false,
  call: null,
  sees: [],
  gone: false,
  ...change,
})
const table = () => createPresence({ tab: me, device }, 1)

/** A clock that a test moves by hand. */
function handClock() {
  const due: { atMs: number; callback: () => void }[] = []
  let nowMs = 0
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    after(delayMs: number, callback: () => void) {
      const entry = { atMs: nowMs + delayMs, callback }
      due.push(entry)
      return () => void due.splice(due.indexOf(entry), due.includes(entry) ? 1 : 0)
    },
    move(ms: number) {
      nowMs += ms
      for (const entry of due.filter(({ atMs }) => atMs <= nowMs)) {
        due.splice(due.indexOf(entry), 1)
        entry.callback()
      }
    },
  }
}

test('[PRESENCE-1] a newer record wins, whatever order they come in', () => {
  const presence = table()
  expect([presence.receive(record(ann, { sequence: 5, leader: true })), presence.receive(record(ann, { sequence: 4 }))]).toEqual([
    true,
    false,
  ])
  expect(presence.all().get(ann)?.leader).toBe(true)
})

test('[PRESENCE-2] a tab that said goodbye is not here', () => {
  const presence = table()
  presence.receive(record(ann))
  presence.receive(record(ann, { sequence: 2, gone: true }))
  expect([...presence.all().keys()]).toEqual([me])
})

test('[PRESENCE-3] nobody speaks for this tab but itself', () => {
  const presence = table()
  expect(presence.receive(record(me, { sequence: 99, gone: true }))).toBe(false)
  expect(presence.all().get(me)?.gone).toBe(false)
})

test('[PRESENCE-4] a tab that nobody sees stays a little and is gone then', () => {
  const [presence, clock, gone] = [table(), handClock(), [] as TabId[]]
  const connected = new Map([[ann, device]])
  followPresence({ presence, clock, connected: () => connected, feed: () => {}, gone: (tab) => gone.push(tab) })
  presence.receive(record(ann, { sees: [ben] }))
  presence.receive(record(ben))
  clock.move(60_000)
  expect(gone).toEqual([])
  presence.receive(record(ann, { sequence: 2, sees: [] }))
  clock.move(60_000)
  expect({ gone, here: [...presence.all().keys()] }).toEqual({ gone: [ben], here: [me, ann] })
})

test('[PRESENCE-5] reach hears whom connected tabs see, when it changes', () => {
  const [presence, clock, heard] = [table(), handClock(), [] as ReachEvent[]]
  followPresence({ presence, clock, connected: () => new Map([[ann, device]]), feed: (event) => heard.push(event), gone: () => {} })
  presence.receive(record(ann, { sees: [me, ben] }))
  presence.receive(record(ann, { sequence: 2, sees: [ben] }))
  presence.receive(record(ben))
  expect(heard).toEqual([
    { kind: 'peers-heard', tabs: new Set([me, ben]), by: ann },
    { kind: 'peers-heard', tabs: new Set([ben]), by: ann },
  ])
})

test('[PRESENCE-7] of connections that come in a moment the others are told once', () => {
  const [presence, clock, connected] = [table(), handClock(), new Map([[ann, device]])]
  const told: (readonly TabId[])[] = []
  presence.onOwnChange(() => told.push(presence.own().sees))
  const hearsay = followPresence({ presence, clock, connected: () => connected, feed: () => {}, gone: () => {} })
  hearsay.connectedChanged()
  connected.set(ben, device)
  hearsay.connectedChanged()
  expect(told).toEqual([])
  clock.move(SEES_TOLD_MS)
  expect(told).toEqual([[ann, ben]])
  connected.delete(ann)
  hearsay.connectedChanged()
  hearsay.stop()
  clock.move(SEES_TOLD_MS)
  expect(told).toHaveLength(1)
})
