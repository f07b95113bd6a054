import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, test, vi } from 'vitest'
import { CIRCUIT_BYTES } from '../../src/protocol/relay-limits.ts'
import type { RelayServer } from '../../src/relay/start-relay.ts'
import { relayForTest } from './fixtures/relay.ts'
import { join } from './fixtures/rendezvous-stream.ts'
import { roomForTest } from './fixtures/room.ts'
import { addressOf, type Tab, tabForTest } from './fixtures/tab.ts'

const ECHO = '/test/echo/1'

async function echoing(tab: Tab): Promise<Tab> {
  await tab.node.handle(ECHO, (stream) => stream.addEventListener('message', ({ data }) => void stream.send(data)), {
    runOnLimitedConnection: true,
  })
  return tab
}

function dialThrough(relay: RelayServer, from: Tab, to: Tab): Promise<Connection> {
  return from.node.dial(multiaddr(`${addressOf(relay)}/p2p-circuit/p2p/${to.id}`))
}

function answerOf(stream: Stream, bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    stream.addEventListener('message', ({ data }) => resolve(data.subarray()))
    stream.addEventListener('close', ({ error }) => reject(error ?? new Error('closed')))
    stream.send(bytes)
  })
}

async function reservations(relay: RelayServer): Promise<number> {
  return Number(/^asterism_reservations (\d+)/m.exec(await (await fetch(`${relay.url}/metrics`)).text())?.[1])
}

test('[RELAY-10] two tabs talk through the relay', async () => {
  const relay = await relayForTest()
  const ben = await echoing(await tabForTest(relay, { reserve: true }))
  const connection = await dialThrough(relay, await tabForTest(relay), ben)
  const stream = await connection.newStream(ECHO, { runOnLimitedConnection: true })
  expect(await answerOf(stream, new TextEncoder().encode('hello'))).toEqual(new TextEncoder().encode('hello'))
})

test('[RELAY-11] a circuit is cut when it is used as a tunnel', async () => {
  const relay = await relayForTest()
  const ben = await echoing(await tabForTest(relay, { reserve: true }))
  const connection = await dialThrough(relay, await tabForTest(relay), ben)
  const stream = await connection.newStream(ECHO, { runOnLimitedConnection: true })
  const closed = new Promise((resolve) => connection.addEventListener('close', resolve))
  let echoed = 0
  stream.addEventListener('message', ({ data }) => {
    echoed += data.byteLength
  })
  for (let sent = 0; sent < 2 * CIRCUIT_BYTES && stream.writeStatus === 'writable'; sent += 16_384) {
    if (!stream.send(new Uint8Array(16_384))) await stream.onDrain().catch(() => {})
  }
  await closed
  expect(echoed).toBeGreaterThan(CIRCUIT_BYTES / 8)
  expect(echoed).toBeLessThan(CIRCUIT_BYTES)
})

test('[RELAY-12] tabs that come and go leave no reservations behind', async () => {
  const relay = await relayForTest({ MAX_RESERVATIONS: '2' })
  for (let n = 0; n < 5; n++) {
    const tab = await tabForTest(relay, { reserve: true })
    expect(await reservations(relay)).toBe(1)
    await tab.node.stop()
    await vi.waitFor(async () => expect(await reservations(relay)).toBe(0))
  }
})

test('[RELAY-26] a tab that comes again is reached at once, though its old connection is not known to be dead', async () => {
  const relay = await relayForTest()
  const key = await generateKeyPair('Ed25519')
  const before = await tabForTest(relay, { key, reserve: true })
  const after = await echoing(await tabForTest(relay, { key, reserve: true }))
  const stream = await (await dialThrough(relay, await tabForTest(relay), after)).newStream(ECHO, { runOnLimitedConnection: true })
  expect(await answerOf(stream, new Uint8Array([1]))).toEqual(new Uint8Array([1]))
  await vi.waitFor(() => expect(before.connection.status).not.toBe('open'))
  expect(after.connection.status).toBe('open')
  expect(await reservations(relay)).toBe(1)
})

test('a relay with no reservations left refuses the next tab', async () => {
  const relay = await relayForTest({ MAX_RESERVATIONS: '1' })
  await tabForTest(relay, { reserve: true })
  await expect(tabForTest(relay, { reserve: true })).rejects.toThrow()
})

test('[RELAY-9] fifty tabs of one address come at once, reserve, and meet', async () => {
  const relay = await relayForTest()
  const room = await roomForTest()
  const tabs = await Promise.all(Array.from({ length: 50 }, () => tabForTest(relay, { reserve: true })))
  expect(await reservations(relay)).toBe(50)
  for (const tab of tabs) await join(tab, room)
  const { first } = await join(await tabForTest(relay), room)
  expect(first?.t === 'peers' && new Set(first.records.map((record) => record.tab))).toEqual(new Set(tabs.map((tab) => tab.id)))
  const [one, two] = [tabs[0] as Tab, await echoing(tabs[49] as Tab)]
  const stream = await (await dialThrough(relay, one, two)).newStream(ECHO, { runOnLimitedConnection: true })
  expect(await answerOf(stream, new Uint8Array([1]))).toEqual(new Uint8Array([1]))
}, 30_000)

test('[RELAY-9] tabs that are slow to shake hands keep nobody out', async () => {
  const relay = await relayForTest()
  const slow = Array.from({ length: 50 }, () => new WebSocket(`ws://127.0.0.1:${relay.port}`))
  await Promise.all(slow.map((socket) => new Promise((resolve) => socket.addEventListener('open', resolve))))
  expect((await tabForTest(relay, { reserve: true })).connection.status).toBe('open')
  for (const socket of slow) socket.close()
})

test('[RELAY-9] fifty tabs of one address load a hundred files each', async () => {
  const relay = await relayForTest()
  const load = async () => {
    const response = await fetch(`${relay.url}/assets/index-1a2b3c4d.js`)
    await response.text()
    return response.status
  }
  const statuses = new Set<number>()
  for (let tab = 0; tab < 50; tab++) for (const status of await Promise.all(Array.from({ length: 100 }, load))) statuses.add(status)
  expect([...statuses]).toEqual([200])
}, 30_000)
