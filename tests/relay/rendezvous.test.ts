import { describe, expect, test, vi } from 'vitest'
import { encodeFrame } from '../../src/protocol/frame.ts'
import { frameBytes } from '../../src/protocol/framing.ts'
import { CONTROL_FRAME_BYTES, RENDEZVOUS_RECORD_BYTES, UNKNOWN_FRAMES } from '../../src/protocol/limits.ts'
import { RENDEZVOUS_SEND_QUEUE_BYTES, RENDEZVOUS_STRIKES } from '../../src/protocol/relay-limits.ts'
import type { RendezvousReply } from '../../src/protocol/rendezvous.ts'
import { WIRE } from '../../src/protocol/wire-version.ts'
import type { RelayServer } from '../../src/relay/start-relay.ts'
import { relayForTest } from './fixtures/relay.ts'
import { join, RendezvousStream } from './fixtures/rendezvous-stream.ts'
import { joinRequest, roomForTest } from './fixtures/room.ts'
import { tabForTest } from './fixtures/tab.ts'

const CARD = new Uint8Array([4, 2])

async function figure(relay: RelayServer, name: string): Promise<number> {
  const text = await (await fetch(`${relay.url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1])
}

test('[RENDEZVOUS-1] the relay greets with a nonce of its own for each stream', async () => {
  const tab = await tabForTest(await relayForTest())
  const [one, two] = [await RendezvousStream.open(tab), await RendezvousStream.open(tab)]
  expect(one.greeting).toMatchObject({ t: 'greet', wire: WIRE })
  expect(one.greeting.nonce).not.toEqual(two.greeting.nonce)
})

test('[RENDEZVOUS-2] a newcomer is told who is there, and they are told of the newcomer', async () => {
  const relay = await relayForTest()
  const room = await roomForTest()
  const [ann, ben] = [await tabForTest(relay), await tabForTest(relay)]
  const anns = await join(ann, room)
  const bens = await join(ben, room, CARD)
  expect(anns.first).toEqual({ t: 'peers', records: [] })
  expect(bens.first).toEqual({ t: 'peers', records: [{ tab: ann.id, sealed: new Uint8Array([1]) }] })
  expect(await anns.stream.next()).toEqual({ t: 'joined', record: { tab: ben.id, sealed: CARD } })
})

test('[RENDEZVOUS-2] rooms do not see each other', async () => {
  const relay = await relayForTest()
  await join(await tabForTest(relay), await roomForTest())
  const { first } = await join(await tabForTest(relay), await roomForTest())
  expect(first).toEqual({ t: 'peers', records: [] })
})

describe('leaving', () => {
  test.each([
    ['closing the stream', ({ stream }: RendezvousStream) => stream.close()],
    ['resetting the stream', ({ stream }: RendezvousStream) => stream.abort(new Error('gone'))],
    ['losing the connection', ({ tab }: RendezvousStream) => tab.node.stop()],
  ])('[RENDEZVOUS-3] %s is leaving', async (_, leave) => {
    const relay = await relayForTest()
    const room = await roomForTest()
    const [ann, ben] = [await tabForTest(relay), await tabForTest(relay)]
    const { stream } = await join(ann, room)
    const bens = await join(ben, room)
    await stream.next()
    await leave(bens.stream)
    expect(await stream.next()).toEqual({ t: 'left', tab: ben.id })
    expect(await figure(relay, 'asterism_tabs')).toBe(1)
  })
})

describe('strangers', () => {
  async function refusalOf(change: (request: object) => object | Promise<object>) {
    const relay = await relayForTest()
    const room = await roomForTest()
    const { stream: inside } = await join(await tabForTest(relay), room)
    const stranger = await tabForTest(relay)
    const { stream, greeting } = await RendezvousStream.open(stranger)
    stream.say(await change(await joinRequest(room, stranger.id, greeting.nonce, CARD)))
    const reply = await stream.next()
    expect(await stream.next()).toBeUndefined()
    expect(await figure(relay, 'asterism_tabs')).toBe(1)
    expect(inside.stream.status).toBe('open')
    return reply
  }

  test("[RENDEZVOUS-4] a key that is not the room's is refused", async () => {
    const other = await roomForTest()
    expect(await refusalOf((request) => ({ ...request, key: other.key }))).toEqual({ t: 'refused', reason: 'wrong-room-key' })
  })

  test('[RENDEZVOUS-5] another record than the signed one is refused', async () => {
    expect(await refusalOf((request) => ({ ...request, sealed: new Uint8Array([9]) }))).toEqual({ t: 'refused', reason: 'bad-signature' })
  })

  test('[RENDEZVOUS-5] a signature of random bytes is refused', async () => {
    expect(await refusalOf((request) => ({ ...request, signature: new Uint8Array(64).fill(7) }))).toEqual({
      t: 'refused',
      reason: 'bad-signature',
    })
  })

  test('[RENDEZVOUS-5] a recorded join is refused on a later stream, and from another tab', async () => {
    const relay = await relayForTest()
    const room = await roomForTest()
    const [ann, thief] = [await tabForTest(relay), await tabForTest(relay)]
    const first = await RendezvousStream.open(ann)
    const recorded = await joinRequest(room, ann.id, first.greeting.nonce, CARD)
    first.stream.say(recorded)
    expect(await first.stream.next()).toMatchObject({ t: 'peers' })
    for (const tab of [ann, thief]) {
      const again = await RendezvousStream.open(tab)
      again.stream.say(recorded)
      expect(await again.stream.next()).toEqual({ t: 'refused', reason: 'bad-signature' })
    }
    const lent = await RendezvousStream.open(thief)
    lent.stream.say(await joinRequest(room, ann.id, lent.greeting.nonce, CARD))
    expect(await lent.stream.next()).toEqual({ t: 'refused', reason: 'bad-signature' })
  })

  test('[RENDEZVOUS-6] a stranger gets the same answer for a room with people and for one without', async () => {
    const relay = await relayForTest({ MAX_ROOMS: '1', MAX_PEERS_PER_ROOM: '2' })
    const full = await roomForTest()
    await join(await tabForTest(relay), full)
    await join(await tabForTest(relay), full)
    const stranger = await tabForTest(relay)
    for (const room of [full, await roomForTest()]) {
      const { stream, greeting } = await RendezvousStream.open(stranger)
      stream.say({ ...(await joinRequest(room, stranger.id, greeting.nonce, CARD)), signature: new Uint8Array(64) })
      expect(await stream.next()).toEqual({ t: 'refused', reason: 'bad-signature' })
      expect(await stream.next()).toBeUndefined()
    }
  })

  test('[RENDEZVOUS-13] a tab that keeps trying is disconnected', async () => {
    const relay = await relayForTest()
    const [room, stranger] = [await roomForTest(), await tabForTest(relay)]
    const gone = new Promise((resolve) => stranger.connection.addEventListener('close', resolve))
    for (let n = 0; n < RENDEZVOUS_STRIKES; n++) {
      const { stream, greeting } = await RendezvousStream.open(stranger)
      stream.say({ ...(await joinRequest(room, stranger.id, greeting.nonce, CARD)), signature: new Uint8Array(64) })
      await stream.next()
    }
    await gone
    expect(await figure(relay, 'asterism_sockets')).toBe(0)
  })
})

describe('what cannot be read', () => {
  test.each([
    ['no CBOR', frameBytes(new Uint8Array([255, 255, 255]))],
    ['a join with a short key', frameBytes(encodeFrame({ t: 'join', room: 'x', key: new Uint8Array(3) }))],
    ['an empty frame', new Uint8Array([0])],
    ['an oversize frame, by its length alone', frameBytes(new Uint8Array(CONTROL_FRAME_BYTES + 1)).subarray(0, 3)],
  ])('[RENDEZVOUS-8] %s ends the stream', async (_, bytes) => {
    const relay = await relayForTest()
    const { stream } = await RendezvousStream.open(await tabForTest(relay))
    stream.sayBytes(new Uint8Array(bytes))
    expect(await stream.next()).toEqual({ t: 'refused', reason: 'malformed' })
    expect(await stream.next()).toBeUndefined()
  })
})

test('[RENDEZVOUS-9] a newer tab may say a few things we do not know', async () => {
  const relay = await relayForTest()
  const [room, tab] = [await roomForTest(), await tabForTest(relay)]
  const { stream, greeting } = await RendezvousStream.open(tab)
  for (let n = 0; n < UNKNOWN_FRAMES; n++) stream.say({ t: 'from-the-future', n })
  stream.say(await joinRequest(room, tab.id, greeting.nonce, CARD))
  expect(await stream.next()).toEqual({ t: 'peers', records: [] })
  stream.say({ t: 'from-the-future' })
  expect(await stream.next()).toEqual({ t: 'refused', reason: 'malformed' })
})

test('[RENDEZVOUS-7] a second join on a stream ends it, and the tab has left', async () => {
  const relay = await relayForTest()
  const [room, tab] = [await roomForTest(), await tabForTest(relay)]
  const { stream, greeting } = await RendezvousStream.open(tab)
  const request = await joinRequest(room, tab.id, greeting.nonce, CARD)
  stream.say(request)
  expect(await stream.next()).toMatchObject({ t: 'peers' })
  stream.say(request)
  expect(await stream.next()).toEqual({ t: 'refused', reason: 'malformed' })
  expect(await figure(relay, 'asterism_tabs')).toBe(0)
})

test('[RENDEZVOUS-11] a tab that comes again keeps its place, and the others see it stay', async () => {
  const relay = await relayForTest()
  const room = await roomForTest()
  const [ann, ben] = [await tabForTest(relay), await tabForTest(relay)]
  const anns = await join(ann, room)
  const old = await join(ben, room)
  await join(ben, room, CARD)
  expect(await old.stream.next()).toBeUndefined()
  expect((await anns.stream.next())?.t).toBe('joined')
  expect(await anns.stream.next()).toEqual({ t: 'joined', record: { tab: ben.id, sealed: CARD } })
  expect(await figure(relay, 'asterism_tabs')).toBe(2)
})

test('[RENDEZVOUS-12] a full room and a full relay say so', async () => {
  const relay = await relayForTest({ MAX_ROOMS: '1', MAX_PEERS_PER_ROOM: '2' })
  const room = await roomForTest()
  await join(await tabForTest(relay), room)
  await join(await tabForTest(relay), room)
  const third = await tabForTest(relay)
  expect((await join(third, room)).first).toEqual({ t: 'refused', reason: 'room-full' })
  expect((await join(third, await roomForTest())).first).toEqual({ t: 'refused', reason: 'too-many-rooms' })
})

test('[RENDEZVOUS-15] tabs of one network share a segment, which differs from relay to relay', async () => {
  const [here, there] = [await relayForTest(), await relayForTest()]
  const segment = async (relay: RelayServer) => (await RendezvousStream.open(await tabForTest(relay))).greeting.segment
  expect(await segment(here)).toEqual(await segment(here))
  expect(await segment(here)).not.toEqual(await segment(there))
})

test('[RENDEZVOUS-16] a tab that does not read is cut, and the room goes on', async () => {
  const relay = await relayForTest()
  const room = await roomForTest()
  const [deaf, busy] = [await tabForTest(relay, { windowBytes: 256 * 1024 }), await tabForTest(relay)]
  const { stream } = await join(deaf, room)
  stream.stream.pause()
  const sealed = new Uint8Array(RENDEZVOUS_RECORD_BYTES)
  const most = 2 * (RENDEZVOUS_SEND_QUEUE_BYTES / RENDEZVOUS_RECORD_BYTES)
  let joins = 0
  let first: RendezvousReply | undefined
  do {
    const bens = await join(busy, room, sealed)
    first = bens.first
    await bens.stream.stream.close()
  } while (first?.t === 'peers' && first.records.length === 1 && ++joins < most)
  expect(first).toEqual({ t: 'peers', records: [] })
  expect(joins).toBeLessThan(most)
}, 20_000)

test('[RENDEZVOUS-17] a relay that stops says of nobody that they left', async () => {
  const relay = await relayForTest()
  const room = await roomForTest()
  const tabs = await Promise.all(Array.from({ length: 8 }, () => tabForTest(relay)))
  const streams = []
  for (const tab of tabs) streams.push((await join(tab, room)).stream)
  await relay.close()
  const kinds = new Set<string | undefined>()
  for (const stream of streams) for (let reply = await stream.next(); reply !== undefined; reply = await stream.next()) kinds.add(reply.t)
  expect([...kinds]).toEqual(['joined'])
})

test('refusals are counted by reason, without names', async () => {
  const relay = await relayForTest()
  const { stream } = await RendezvousStream.open(await tabForTest(relay))
  stream.sayBytes(new Uint8Array([0]))
  await stream.next()
  await vi.waitFor(async () => expect(await figure(relay, 'asterism_refusals_total{door="rendezvous",reason="malformed"}')).toBe(1))
})
