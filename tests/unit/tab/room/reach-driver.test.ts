import { expect, onTestFinished, test } from 'vitest'
import type { FrameStream } from '../../../../src/ports/wire.ts'
import type { DeviceId, TabId } from '../../../../src/protocol/ids.ts'
import { HELLO_TIMEOUT_MS } from '../../../../src/protocol/limits.ts'
import { driveReach, type Reachable } from '../../../../src/tab/room/reach-driver.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'

const [ann, ben] = ['tab-ann', 'tab-ben'] as unknown as [TabId, TabId]
const settled = () => new Promise((resolve) => setTimeout(resolve))

/** A tab on a mesh whose connections the test makes and breaks. `open` answers for each hello that is begun. */
function begin(self: TabId, other: TabId, open: (() => Promise<FrameStream>)[]) {
  const closing = new AbortController()
  onTestFinished(() => closing.abort())
  const clock = new ManualClock()
  const listeners = new Set<(change: { kind: 'opened' | 'closed'; peer: TabId }) => void>()
  let connections = 0
  const dials: TabId[] = []
  const connect = () => {
    connections++
    for (const listener of listeners) listener({ kind: 'opened', peer: other })
  }
  const hangUp = () => {
    if (connections === 0) return
    connections = 0
    for (const listener of listeners) listener({ kind: 'closed', peer: other })
  }
  const mesh: Reachable = {
    self,
    connectRelay: async () => {},
    dial: async (tab) => {
      dials.push(tab)
      connect()
    },
    reserve: async () => {},
    isConnected: () => connections > 0,
    isAlive: async () => true,
    hangUp,
    onConnection(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    open: () => open.shift()?.() ?? new Promise(() => {}),
    handle: () => () => {},
  }
  const connected: TabId[] = []
  const reach = driveReach({
    mesh,
    clock,
    signal: closing.signal,
    random: () => 0.5,
    isRelay: () => false,
    hello: async () => ({ kind: 'done', device: 'device' as DeviceId }),
    onConnected: (tab) => connected.push(tab),
    onDisconnected: () => {},
    onSilent: () => {},
    onUnreached: () => {},
    onAllReached: () => {},
    onRefused: () => {},
    changed: () => {},
  })
  return { reach, clock, connect, hangUp, dials, connected, isConnected: () => connections > 0 }
}

const stream = { peer: ben } as FrameStream
const nothing = () => new Promise<FrameStream>(() => {})

test('[REACH-26] a newer connection is greeted while an older one leads nowhere, and outlives it', async () => {
  const { clock, connect, connected, isConnected } = begin(ann, ben, [nothing, async () => stream])
  connect()
  clock.advance(HELLO_TIMEOUT_MS - 1_000)
  connect()
  await settled()
  clock.advance(HELLO_TIMEOUT_MS)
  expect([connected, isConnected()]).toEqual([[ben], true])
})

test('[REACH-26] who waits for a greeting gives a newer connection its own time', () => {
  const { clock, connect, isConnected } = begin(ben, ann, [])
  connect()
  clock.advance(HELLO_TIMEOUT_MS - 1_000)
  connect()
  clock.advance(HELLO_TIMEOUT_MS - 1)
  expect(isConnected()).toBe(true)
  clock.advance(1)
  expect(isConnected()).toBe(false)
})

test('[REACH-26] a greeting that leads nowhere ends the connection, which is dialed anew within seconds', async () => {
  const { reach, clock, dials, connected } = begin(ann, ben, [nothing, async () => stream])
  await settled()
  reach.feed({ kind: 'peer-listed', tab: ben, isNew: false })
  await settled()
  expect(dials).toEqual([ben])
  clock.advance(HELLO_TIMEOUT_MS)
  clock.advance(1_000)
  await settled()
  expect([dials, connected]).toEqual([[ben, ben], [ben]])
})
