import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { FRAGMENT_TYPE, SDP_TYPE } from '../../src/protocol/doors.ts'
import {
  DOOR_ANSWER_MS,
  DOOR_EXCHANGES,
  DOOR_EXCHANGES_WAITING,
  DOOR_FRAME_BYTES,
  DOOR_SDP_CHARS,
  DOOR_WORDS,
  DOORLESS_MS,
  DOORS_PER_TAB,
  RELAY_DOORS,
  RELAY_WINDOW_MS,
} from '../../src/protocol/relay-limits.ts'
import { DoorBook } from '../../src/relay/doors/door-book.ts'
import { DoorTab, doorOf, doorTab, SESSION, tokenOf } from './fixtures/door-tab.ts'
import { relayForTest, type TestRelay } from './fixtures/relay.ts'

const TOKEN = tokenOf(1)
const OTHER_SESSION = tokenOf(9)

async function openDoor() {
  const relay = await relayForTest()
  const tab = await doorTab(relay)
  expect((await tab.open(TOKEN)).t).toBe('opened')
  const door = `${relay.url}/doors/${TOKEN}`
  return { relay, tab, door, session: `${door}/${SESSION}` }
}

const offer = (door: string, body = 'v=0 offer', type = SDP_TYPE) =>
  fetch(door, { method: 'POST', body, headers: { 'content-type': type } })
const trickle = (session: string, headers: Record<string, string> = {}) =>
  fetch(session, { method: 'PATCH', body: 'a=candidate:1', headers: { 'content-type': FRAGMENT_TYPE, ...headers } })
const figures = async ({ url }: TestRelay) => (await fetch(`${url}/metrics`)).text()

test('[DOORS-1] an offer goes to the tab behind the door, and its answer back with where the session is', async () => {
  const { tab, door, relay } = await openDoor()
  const other = await doorTab(relay)
  await other.open(tokenOf(2))
  const answer = await offer(door)
  expect([answer.status, await answer.text()]).toEqual([201, 'v=0 answer'])
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': SDP_TYPE,
    location: `/doors/${TOKEN}/${SESSION}`,
    etag: `"${SESSION}"`,
    'accept-patch': FRAGMENT_TYPE,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  expect(tab.heard.at(-1)).toMatchObject({ t: 'offered', door: await doorOf(TOKEN), sdp: 'v=0 offer' })
  expect(other.heard.map(({ t }) => t)).toEqual(['opened'])
})

test('[DOORS-2] later candidates are answered with 204, and the end, which has no body, with 200', async () => {
  const { tab, session } = await openDoor()
  expect((await trickle(session)).status).toBe(204)
  expect((await trickle(session, { 'if-match': `"${SESSION}"` })).status).toBe(204)
  expect(tab.heard.at(-1)).toMatchObject({ t: 'trickled', session: SESSION, sdp: 'a=candidate:1' })
  expect((await fetch(session, { method: 'DELETE' })).status).toBe(200)
  expect(tab.heard.at(-1)).toMatchObject({ t: 'ended', session: SESSION })
})

test.each([
  ['busy', 409, '5'],
  ['unknown-session', 404, null],
  ['unreadable', 400, null],
  ['nothing-in-common', 422, null],
  ['no-restarts', 422, null],
] as const)('[DOORS-3] what a tab declines as %s is answered with %i', async (reason, status, retryAfter) => {
  const { tab, door, session } = await openDoor()
  tab.answers = ({ exchange }) => ({ t: 'declined', exchange, reason })
  for (const answer of [await offer(door), await trickle(session), await fetch(session, { method: 'DELETE' })]) {
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter])
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  }
})

test('[DOORS-4] other methods, other types and tags of other sessions reach no tab', async () => {
  const { tab, door, session } = await openDoor()
  const status = async (url: string, method: string) => (await fetch(url, { method })).status
  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) expect([method, await status(door, method)]).toEqual([method, 405])
  for (const method of ['GET', 'HEAD', 'PUT', 'POST']) expect([method, await status(session, method)]).toEqual([method, 405])
  expect((await fetch(door)).headers.get('allow')).toBe('OPTIONS, POST')
  for (const type of ['application/json', 'text/plain', `${SDP_TYPE}x`]) expect((await offer(door, '{}', type)).status).toBe(415)
  expect((await fetch(door, { method: 'POST' })).status).toBe(415)
  expect((await trickle(session, { 'content-type': SDP_TYPE })).status).toBe(415)
  expect((await trickle(session, { 'if-match': '"other"' })).status).toBe(412)
  expect(tab.heard.map(({ t }) => t)).toEqual(['opened'])
  expect((await offer(door, 'v=0', 'Application/SDP; charset=utf-8')).status).toBe(201)
})

test('[DOORS-5] a description larger than agreed is refused, and one that is as large comes through', async () => {
  const { tab, door, session } = await openDoor()
  expect((await offer(door, 'x'.repeat(DOOR_SDP_CHARS + 1))).status).toBe(413)
  const fragment = 'x'.repeat(DOOR_SDP_CHARS + 1)
  expect((await fetch(session, { method: 'PATCH', body: fragment, headers: { 'content-type': FRAGMENT_TYPE } })).status).toBe(413)
  expect(tab.heard.map(({ t }) => t)).toEqual(['opened'])
  const sdp = 'y'.repeat(DOOR_SDP_CHARS)
  tab.answers = ({ exchange }) => ({ t: 'begun', exchange, session: SESSION, sdp })
  const answer = await offer(door, 'x'.repeat(DOOR_SDP_CHARS))
  expect([answer.status, await answer.text()]).toEqual([201, sdp])
})

test('[DOORS-6] a door nobody opened, one that was closed, and one whose tab is gone are answered with 404', async () => {
  const { tab, door, session, relay } = await openDoor()
  for (const token of [tokenOf(3), 'x', '..%2f', `${TOKEN}A`, '%00'])
    expect([token, (await offer(`${relay.url}/doors/${token}`)).status]).toEqual([token, 404])
  expect((await fetch(`${door}/short`, { method: 'DELETE' })).status).toBe(404)
  const second = tokenOf(2)
  await tab.open(second)
  tab.say({ t: 'close', door: await doorOf(second) })
  await vi.waitFor(async () => expect((await offer(`${relay.url}/doors/${second}`)).status).toBe(404))
  expect((await offer(door)).status).toBe(201)
  tab.socket.close()
  await vi.waitFor(async () => expect((await offer(door)).status).toBe(404))
  for (const answer of [await trickle(session), await fetch(session, { method: 'DELETE' })]) expect(answer.status).toBe(404)
})

test('[DOORS-7] a tab that says nothing, or goes in the middle, is answered for with 504', async () => {
  const { tab, door } = await openDoor()
  tab.answers = () => undefined
  const sinceMs = performance.now()
  const answer = await offer(door)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([504, '5'])
  expect(performance.now() - sinceMs).toBeGreaterThan(DOOR_ANSWER_MS - 100)
  tab.answers = () => {
    tab.socket.close()
    return undefined
  }
  expect((await offer(door)).status).toBe(504)
})

test('[DOORS-8] pages of any origin may ask, refusals are theirs to read, and headers keep pages out of everything else', async () => {
  const { door, session, relay } = await openDoor()
  const ask = (url: string) =>
    fetch(url, { method: 'OPTIONS', headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'POST' } })
  expect((await ask(door)).status).toBe(200)
  expect(Object.fromEntries((await ask(door)).headers)).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'OPTIONS, POST',
    'access-control-allow-headers': 'authorization, content-type, if-match',
    'access-control-expose-headers': expect.stringContaining('location'),
    'accept-post': SDP_TYPE,
  })
  expect(Object.fromEntries((await ask(session)).headers)).toMatchObject({
    'access-control-allow-methods': 'DELETE, OPTIONS, PATCH',
    'accept-patch': FRAGMENT_TYPE,
  })
  for (const answer of [await offer(`${relay.url}/doors/x`), await offer(door, 'x'.repeat(DOOR_SDP_CHARS + 1)), await fetch(door)])
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect((await fetch(`${relay.url}/relay.json`)).headers.has('access-control-allow-origin')).toBe(false)
})

test('[DOORS-9] a door takes so many exchanges at once and so many in a while', async () => {
  const { tab, door } = await openDoor()
  const asked: number[] = []
  tab.answers = ({ exchange }) => {
    asked.push(exchange)
    return undefined
  }
  const waiting = Array.from({ length: DOOR_EXCHANGES_WAITING }, () => offer(door))
  await vi.waitFor(() => expect(asked.length).toBe(DOOR_EXCHANGES_WAITING))
  const refused = await offer(door)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  for (const exchange of asked) tab.say({ t: 'begun', exchange, session: SESSION, sdp: '' })
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(waiting.map(() => 201))

  tab.answers = ({ exchange }) => ({ t: 'done', exchange })
  const end = async () => (await fetch(`${door}/${SESSION}`, { method: 'DELETE' })).status
  const statuses: number[] = []
  while (!statuses.includes(429) && statuses.length < 3 * DOOR_EXCHANGES)
    statuses.push(...(await Promise.all(Array.from({ length: DOOR_EXCHANGES_WAITING }, end))))
  expect(new Set(statuses)).toEqual(new Set([200, 429]))

  const book = new DoorBook<string>()
  book.open('door', 'tab')
  const take = (nowMs: number) => {
    const taken = book.take('door', nowMs)
    if (typeof taken === 'string') return taken
    taken.giveBack()
    return 'taken'
  }
  for (let n = 0; n < DOOR_EXCHANGES; n++) expect(take(RELAY_WINDOW_MS)).toBe('taken')
  expect([take(2 * RELAY_WINDOW_MS - 1), take(2 * RELAY_WINDOW_MS)]).toEqual(['too-often', 'taken'])
})

test('[DOORS-10] a tab holds so many doors, a relay so many in all, and nobody takes the door of another', async () => {
  const { tab, relay, door } = await openDoor()
  for (let n = 2; n <= DOORS_PER_TAB; n++) expect((await tab.open(tokenOf(n))).t).toBe('opened')
  expect(await tab.open(TOKEN)).toMatchObject({ t: 'opened' })
  expect(await tab.open(tokenOf(99))).toMatchObject({ t: 'refused', reason: 'too-many' })
  const thief = await doorTab(relay)
  expect(await thief.open(TOKEN)).toMatchObject({ t: 'refused', reason: 'taken' })
  thief.say({ t: 'close', door: await doorOf(TOKEN) })
  await thief.open(tokenOf(50))
  expect((await offer(door)).status).toBe(201)

  const book = new DoorBook<object>()
  for (let n = 0; n < RELAY_DOORS; n++) expect(book.open(`${n}`, {})).toBeUndefined()
  expect(book.open('one more', {})).toBe('too-many')
})

test('[DOORS-11] nobody answers what another was asked', async () => {
  const { tab, relay, door } = await openDoor()
  const liar = await doorTab(relay)
  await liar.open(tokenOf(2))
  let exchange = 0
  tab.answers = (asked) => {
    exchange = asked.exchange
    return undefined
  }
  const answer = offer(door)
  await vi.waitFor(() => expect(exchange).toBeGreaterThan(0))
  liar.say({ t: 'begun', exchange, session: OTHER_SESSION, sdp: 'lie' })
  await liar.open(tokenOf(3))
  tab.say({ t: 'begun', exchange, session: SESSION, sdp: 'truth' })
  expect(await (await answer).text()).toBe('truth')
})

test.each([
  ['noise', randomBytes(50)],
  ['nothing', new Uint8Array()],
  ['text', 'hello'],
  ['an unknown word', { t: 'sing' }],
  ['a door that is no hash', { t: 'open', door: new Uint8Array(31) }],
  ['a session that is none', { t: 'begun', exchange: 1, session: '../x', sdp: '' }],
  ['too much', new Uint8Array(DOOR_FRAME_BYTES + 1)],
])('[DOORS-12] a tab that says %s loses its socket and its doors, and nobody else does', async (_, said) => {
  const { tab, door, relay } = await openDoor()
  const neighbour = await doorTab(relay)
  await neighbour.open(tokenOf(2))
  if (typeof said === 'string' || said instanceof Uint8Array) tab.socket.send(said)
  else tab.say(said)
  expect(await tab.closed).toBe(1006)
  await vi.waitFor(async () => expect((await offer(door)).status).toBe(404))
  expect((await offer(`${relay.url}/doors/${tokenOf(2)}`)).status).toBe(201)
})

test('[DOORS-12] a tab that floods, and one that holds no door, lose their sockets', async () => {
  const { tab, relay } = await openDoor()
  const idle = await doorTab(relay)
  const sinceMs = performance.now()
  for (let n = 0; n < DOOR_WORDS; n++) tab.say({ t: 'done', exchange: n })
  expect(await tab.closed).toBe(1006)
  expect(await idle.closed).toBe(1000)
  expect(performance.now() - sinceMs).toBeGreaterThan(DOORLESS_MS - 500)
})

test('[DOORS-13] sockets for doors are counted with all others, and taken from our own pages alone', async () => {
  const relay = await relayForTest({ MAX_SOCKETS: '1' })
  const tab = await doorTab(relay)
  await tab.open(TOKEN)
  const full = new DoorTab(relay)
  expect(await full.closed).toBe(1006)
  expect(await figures(relay)).toMatch(/^asterism_sockets 1$/m)
  tab.socket.close()
  await vi.waitFor(async () => expect(await figures(relay)).toMatch(/^asterism_sockets 0$/m))
  const socket = connect(relay.port, '127.0.0.1')
  socket.write(
    'GET /doors HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  )
  expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1.1 403/)
})

test('[DOORS-14] what passes at doors is counted, and neither token nor description stands in log or figures', async () => {
  const { relay, door, session } = await openDoor()
  await offer(door, 'v=0 secret-offer')
  await fetch(session, { method: 'DELETE' })
  await fetch(door)
  const text = await figures(relay)
  expect(text).toMatch(/^asterism_doors 1$/m)
  expect(text).toMatch(/^asterism_door_exchanges_total\{what="offered"\} 1$/m)
  expect(text).toMatch(/^asterism_door_exchanges_total\{what="ended"\} 1$/m)
  expect(text).toMatch(/^asterism_refusals_total\{door="doors",reason="method"\} 1$/m)
  for (const word of [TOKEN, SESSION, 'secret-offer']) expect(text + relay.log()).not.toContain(word)
})
