import { request } from 'node:http'
import { connect } from 'node:net'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { expect, onTestFinished, test, vi } from 'vitest'
import { RELAY_MESSAGE_BYTES } from '../../src/protocol/relay-limits.ts'
import { createRelayNode } from '../../src/relay/mesh/create-relay-node.ts'
import { DirectListener } from '../../src/relay/mesh/direct-listener.ts'
import type { RelayServer } from '../../src/relay/start-relay.ts'
import { relayForTest } from './fixtures/relay.ts'
import { addressOf, tabForTest } from './fixtures/tab.ts'

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

/** Status and text of the answer to an upgrade; 101 is an open socket. */
function upgrade(relay: Pick<RelayServer, 'port'>, headers: Record<string, string>): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port: relay.port, headers: { ...UPGRADE, ...headers } })
    asking.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode, text: '' })
    })
    asking.on('response', async (response) => resolve({ status: response.statusCode, text: (await response.toArray()).join('') }))
    asking.on('error', reject)
    asking.end()
  })
}

test('[RELAY-1] pages and sockets come in at the same port', async () => {
  const relay = await relayForTest()
  const { connection } = await tabForTest(relay)
  expect((await fetch(relay.url)).status).toBe(200)
  expect(connection.remotePeer.toString()).toBe(relay.peerId)
})

test('[RELAY-1] the port libp2p insists on opens no sockets', async () => {
  const listener = new DirectListener()
  const node = await createRelayNode({ key: await generateKeyPair('Ed25519'), listener, announce: [], maxReservations: 1, maxSockets: 1 })
  onTestFinished(() => node.stop())
  const port = Number(/tcp\/(\d+)/.exec(String(node.getMultiaddrs()[0]))?.[1])
  expect((await upgrade({ port }, {})).status).toBe(400)
})

test.each([
  ['its own', (relay: RelayServer) => ({ host: `localhost:${relay.port}`, origin: `http://localhost:${relay.port}` }), 101],
  ['none at all', () => ({}), 101],
  ['an allowed one', () => ({ origin: 'http://localhost:5173' }), 101],
  ['the public one', () => ({ origin: 'https://rooms.example.org' }), 101],
  ['another port', () => ({ origin: 'http://localhost:1' }), 403],
  ['another site', () => ({ origin: 'https://evil.example' }), 403],
  ['a name pointed at this machine', () => ({ host: 'evil.example', origin: 'http://evil.example' }), 403],
  ['an opaque frame', () => ({ origin: 'null' }), 403],
  ['a lookalike', () => ({ origin: 'https://rooms.example.org.evil.example' }), 403],
] as const)('[RELAY-2] a page of %s', async (_, headersFor, status) => {
  const relay = await relayForTest({ PUBLIC_URL: 'https://rooms.example.org', ALLOWED_ORIGINS: 'http://localhost:5173' })
  expect((await upgrade(relay, headersFor(relay))).status).toBe(status)
})

test('[RELAY-4] a forwarded socket is refused with the remedy', async () => {
  const answer = await upgrade(await relayForTest(), { 'x-forwarded-for': '1.2.3.4' })
  expect(answer).toEqual({ status: 400, text: expect.stringContaining('Set TRUST_PROXY') })
})

test('an upgrade to something else is refused', async () => {
  expect((await upgrade(await relayForTest(), { upgrade: 'h2c' })).status).toBe(400)
})

test('[RELAY-5] [RELAY-14] sockets are counted by who came through the proxy', async () => {
  const relay = await relayForTest({ TRUST_PROXY: '1', MAX_SOCKETS_PER_ADDRESS: '1' })
  const first = new WebSocket(`ws://127.0.0.1:${relay.port}`)
  await new Promise((resolve) => first.addEventListener('open', resolve))
  expect((await upgrade(relay, { 'x-forwarded-for': '1.2.3.4' })).status).toBe(101)
  expect((await upgrade(relay, { 'x-forwarded-for': '127.0.0.1' })).status).toBe(429)
  first.close()
  await vi.waitFor(async () => expect((await upgrade(relay, { 'x-forwarded-for': '127.0.0.1' })).status).toBe(101))
})

test('[RELAY-14] a full relay says so, and has room again when somebody leaves', async () => {
  const relay = await relayForTest({ MAX_SOCKETS: '1' })
  const tab = await tabForTest(relay)
  expect(await upgrade(relay, {})).toEqual({ status: 503, text: 'This relay is full.\n' })
  await tab.node.stop()
  await vi.waitFor(async () => expect((await upgrade(relay, {})).status).toBe(101))
})

test('[RELAY-15] a message larger than agreed ends the socket', async () => {
  const relay = await relayForTest()
  const socket = new WebSocket(`ws://127.0.0.1:${relay.port}`)
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
  socket.send(new Uint8Array(RELAY_MESSAGE_BYTES + 1))
  expect((await closed).code).toBe(1009)
})

const OPENING = `GET / HTTP/1.1\r\nHost: x\r\n${Object.entries(UPGRADE)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')}\r\n`

test.each([
  ['an upgrade without a key', 'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n', ''],
  ['TLS', '\x16\x03\x01', ''],
  ['noise', 'x'.repeat(20_000), ''],
  ['a frame of a reserved kind', OPENING, '\xff\xff\xff\xff'],
  ['a frame without a mask', OPENING, '\x82\x01a'],
  ['text that is no UTF-8', OPENING, '\x81\x81\x00\x00\x00\x00\xff'],
  ['no Noise handshake', OPENING, '\x82\x84\x00\x00\x00\x00abcd'],
])('[RELAY-15] %s, and then silence, hurts nobody else', async (_, opening, frame) => {
  const relay = await relayForTest()
  const neighbour = await tabForTest(relay)
  const socket = connect(relay.port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(opening, 'latin1')
  await new Promise((resolve) => setTimeout(resolve, 30))
  socket.write(frame, 'latin1')
  await new Promise((resolve) => setTimeout(resolve, 30))
  socket.resetAndDestroy()
  await vi.waitFor(async () => expect(await (await fetch(`${relay.url}/metrics`)).text()).toMatch(/^asterism_sockets 1$/m))
  expect(neighbour.connection.status).toBe('open')
})

test('[RELAY-13] the relay dials nobody, whoever asks', async () => {
  const other = await relayForTest()
  const key = await generateKeyPair('Ed25519')
  const node = await createRelayNode({ key, listener: new DirectListener(), announce: [], maxReservations: 1, maxSockets: 1 })
  onTestFinished(() => node.stop())
  await expect(node.dial(addressOf(other))).rejects.toThrow('blocked by gater')
  expect(await (await fetch(`${other.url}/metrics`)).text()).toMatch(/^asterism_sockets 0$/m)
})
