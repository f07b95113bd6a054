import { expect, test } from 'vitest'
import type { ValueStore } from '../../../../src/ports/block-store.ts'
import type { DeviceKey } from '../../../../src/ports/keys.ts'
import { signedActs } from '../../../../src/protocol/control.ts'
import { encodeFrame, parseFrame } from '../../../../src/protocol/frame.ts'
import type { DeviceId, RoomId, TabId } from '../../../../src/protocol/ids.ts'
import { ASK_MS, STATE_BYTES } from '../../../../src/protocol/limits.ts'
import type { Role } from '../../../../src/protocol/membership.ts'
import { verifySignature } from '../../../../src/tab/room/ed25519.ts'
import { createPresence } from '../../../../src/tab/room/presence.ts'
import { openSession } from '../../../../src/tab/session/open-session.ts'
import { memoryValues, newDevice } from '../../../twins/device.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'

const room = 'room' as RoomId
const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
const [olga, ann] = [await newDevice(), await newDevice()]
const members = new Map<DeviceId, { readonly role: Role }>([
  [olga.id, { role: 'owner' }],
  [ann.id, { role: 'member' }],
])
const IN = { microphone: true, camera: false, screen: false, speaking: false, seals: true, steady: true, sinceMs: 0, conducts: 0 }

async function sessionOf(device: DeviceKey, values: ValueStore = memoryValues()) {
  const clock = new ManualClock()
  const presence = createPresence({ tab: `tab of ${device.id}` as TabId, device: device.id }, 1)
  presence.setCall(IN)
  const session = await openSession({
    room,
    device,
    key,
    values,
    verify: verifySignature,
    members: () => members,
    presence,
    nameOf: (id) => id,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    watch: [],
    clock,
    signal: new AbortController().signal,
  })
  return { session, presence, clock, values }
}

/** What one tells goes to the other, as it does over their streams. */
function connect(...all: readonly Awaited<ReturnType<typeof sessionOf>>[]): void {
  for (const from of all) {
    from.session.log.onTold((frame) => {
      for (const to of all) if (to !== from) void to.session.log.take(frame, 'tab' as TabId)
    })
  }
}

test('[SESSION-19] what was decided is there after a restart, and in tabs that come later, and lies sealed', async () => {
  const values = memoryValues()
  const first = await sessionOf(olga, values)
  await first.session.hush(ann.id, { microphone: true })
  first.clock.advance(1_000)
  await expect.poll(async () => (await values.load(`room/${room}/acts`))?.byteLength).toBeGreaterThan(0)
  const sealed = new TextDecoder('latin1').decode(await values.load(`room/${room}/acts`))
  expect(sealed).not.toContain(ann.id)

  const again = await sessionOf(ann, values)
  expect(again.session.state.participants[0]?.hushed.microphone).toBe(true)
  const later = await sessionOf(ann)
  for (const frame of again.session.log.frames()) await later.session.log.take(frame, 'tab' as TabId)
  expect(later.session.state.participants[0]?.hushed.microphone).toBe(true)
})

test('[SESSION-20] who has no say is refused before anything is signed', async () => {
  const { session } = await sessionOf(ann)
  const refused = [
    session.hush('all', { microphone: true }),
    session.setLobby(true),
    session.remove(olga.id),
    session.pushLayout('grid', 'all'),
    session.moveTo('a'),
    session.vote(`${olga.id}.p`, [0]),
  ]
  for (const one of await Promise.allSettled(refused)) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'role-refused' } })
  expect(session.log.acts.size).toBe(0)
})

test('[SESSION-21] a forged act is refused with all that came with it', async () => {
  const [from, to] = [await sessionOf(olga), await sessionOf(ann)]
  await from.session.hush(ann.id, { microphone: true })
  const parsed = parseFrame(from.session.log.frames()[0] as Uint8Array, signedActs, STATE_BYTES)
  if (parsed.kind === 'refused') throw new Error(parsed.reason)
  const acts = parsed.message.acts.map((one) => ({ ...one, subject: olga.id }))
  const taking = to.session.log.take(encodeFrame({ t: 'acts', acts }), 'tab' as TabId)
  await expect(taking).rejects.toMatchObject({ code: 'signature-invalid' })
  expect(to.session.log.acts.size).toBe(0)
})

test('[SESSION-22] a request to mute is shown to whom it is for, until it is answered or old', async () => {
  const [from, to] = [await sessionOf(olga), await sessionOf(ann)]
  connect(from, to)
  await from.session.askToMute(ann.id)
  await expect.poll(() => to.session.state.asked).toBe('mute')
  to.presence.setCall({ ...IN, microphone: false })
  expect(to.session.state.asked).toBeUndefined()
  // Who speaks again later is not asked once more by the same request.
  to.presence.setCall(IN)
  expect(to.session.state.asked).toBeUndefined()
  await from.session.askToMute(ann.id)
  await expect.poll(() => to.session.state.asked).toBe('mute')
  to.clock.advance(ASK_MS + 1)
  expect(to.session.state.asked).toBeUndefined()
})

test('[SESSION-32] a session in which nothing changed stays the same object, whoever speaks', async () => {
  const { session, presence } = await sessionOf(ann)
  const before = session.state
  presence.setCall({ ...IN, speaking: true })
  expect(session.state).toBe(before)
  await session.raiseHand(true)
  expect(session.state).not.toBe(before)
})

test('[SESSION-9] people vote, and what the poll shows is equal everywhere', async () => {
  const [from, to] = [await sessionOf(olga), await sessionOf(ann)]
  connect(from, to)
  const poll = await from.session.openPoll('Tea?', ['yes', 'no'], 'many')
  await expect.poll(() => to.session.state.polls.length).toBe(1)
  await to.session.vote(poll, [0, 1, 1])
  await from.session.vote(poll, [1])
  // A close counts the votes that whoever closes knows.
  await expect.poll(() => from.session.state.polls[0]?.options[0]?.votes).toBe(1)
  await from.session.closePoll(poll)
  const options = [
    { text: 'yes', votes: 1 },
    { text: 'no', votes: 2 },
  ]
  await expect.poll(() => to.session.state.polls[0]).toMatchObject({ options, isOpen: false, mine: [0, 1] })
  await expect.poll(() => from.session.state.polls[0]).toMatchObject({ options, isOpen: false, mine: [1] })
})

test('[SESSION-41] a client that votes after the close changes nothing of what the poll came to', async () => {
  const [from, to] = [await sessionOf(olga), await sessionOf(ann)]
  connect(from, to)
  const poll = await from.session.openPoll('Tea?', ['yes', 'no'], 'one')
  await expect.poll(() => to.session.state.polls.length).toBe(1)
  await to.session.vote(poll, [0])
  await expect.poll(() => from.session.state.polls[0]?.options[0]?.votes).toBe(1)
  await from.session.closePoll(poll)
  await expect.poll(() => to.session.state.polls[0]?.isOpen).toBe(false)
  await to.session.log.write(() => [{ says: { t: 'votes', votes: [{ poll, options: [1] }] } }])
  await expect.poll(() => to.session.state.polls[0]?.mine).toEqual([1])
  const votes = () => [from, to].map(({ session }) => session.state.polls[0]?.options.map((option) => option.votes))
  await expect.poll(votes).toEqual([
    [1, 0],
    [1, 0],
  ])
  // Another poll of the same person keeps the count of the first.
  await from.session.openPoll('Cake?', ['yes', 'no'], 'one')
  expect(votes()[0]).toEqual([1, 0])
})

test('[SESSION-42] a layout pushed again is told as a new push, also the same one', async () => {
  const [from, to] = [await sessionOf(olga), await sessionOf(ann)]
  connect(from, to)
  const turns: number[] = []
  for (const whom of ['all', [ann.id], 'all'] as const) {
    await from.session.pushLayout('speaker', whom)
    await expect.poll(() => to.session.state.layoutTurn).toBeGreaterThan(turns.at(-1) ?? 0)
    turns.push(to.session.state.layoutTurn)
  }
  expect([turns.length, to.session.state.layout]).toEqual([3, 'speaker'])
})

test('[SESSION-36] what somebody takes out of the call is shown while they are in it, and counts since they came in', async () => {
  const [from, to] = [await sessionOf(olga), await sessionOf(ann)]
  connect(from, to)
  const told = () => to.session.state.participants.find(({ device }) => device === olga.id)?.capture
  to.presence.receive(from.presence.own())
  from.clock.advance(1_000)
  await from.session.tellCapture({ recording: true, streaming: false })
  await expect.poll(told).toEqual({ recording: true, streaming: false })
  // Begun and ended at once, neither unsays the other.
  await Promise.all([from.session.tellCapture({ recording: false }), from.session.tellCapture({ streaming: true })])
  await expect.poll(told).toEqual({ recording: false, streaming: true })

  from.presence.setCall(null)
  to.presence.receive(from.presence.own())
  expect(told()).toBeUndefined()
  from.presence.setCall({ ...IN, sinceMs: from.clock.nowMs() + 1 })
  to.presence.receive(from.presence.own())
  expect(told()).toEqual({ recording: false, streaming: false })
})

test('[SESSION-37] what is said or shown to some only is marked so for all', async () => {
  const [from, to] = [await sessionOf(olga), await sessionOf(ann)]
  connect(from, to)
  to.presence.receive(from.presence.own())
  const told = () => to.session.state.participants.find(({ device }) => device === olga.id)?.confides
  expect(told()).toEqual({ voice: false, screen: false })
  await from.session.whisper(ann.id)
  await expect.poll(told).toEqual({ voice: true, screen: false })
  await from.session.whisper(undefined)
  await from.session.shareWith([ann.id])
  await expect.poll(told).toEqual({ voice: false, screen: true })
})
