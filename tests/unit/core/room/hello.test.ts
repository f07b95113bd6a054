import { describe, expect, test } from 'vitest'
import {
  type HelloEffect,
  type HelloEvent,
  type HelloSelf,
  type HelloState,
  startHello,
  stepHello,
} from '../../../../src/core/room/hello.ts'
import { equalBytes } from '../../../../src/protocol/bytes.ts'
import { type HelloMessage, proofClaim, tabClaim } from '../../../../src/protocol/hello.ts'
import { type TabId, toDeviceId, toRoomId } from '../../../../src/protocol/ids.ts'
import { ENTRIES_PER_FRAME, MEMBERSHIP_ENTRIES } from '../../../../src/protocol/limits.ts'
import type { MembershipEntry } from '../../../../src/protocol/membership.ts'

const room = toRoomId(new Uint8Array(32).fill(1))
const filled = (length: number, value: number) => new Uint8Array(length).fill(value)

function person(n: number): HelloSelf {
  const tab = `12D3KooW${String.fromCharCode(64 + n).repeat(40)}` as TabId
  return { tab, device: toDeviceId(filled(32, n)), nonce: filled(16, n), room, wire: { min: 1, max: 1 }, certificate: filled(64, n) }
}
const ann = person(1)
const ben = person(2)

const entry: MembershipEntry = {
  t: 'join',
  room,
  by: ben.device,
  after: [],
  atMs: 1,
  signature: filled(64, 0),
  roomSignature: filled(64, 0),
}
const helloOf = ({ room, wire, device, certificate, nonce }: HelloSelf): HelloMessage => ({
  t: 'hello',
  room,
  wire,
  device,
  certificate,
  nonce,
})
const receives = (message: HelloMessage): HelloEvent => ({ kind: 'message-received', message })

/** Feeds events one after the other and keeps every effect. */
function play(self: HelloSelf, peer: TabId, ...events: HelloEvent[]): { state: HelloState; effects: HelloEffect[] } {
  let state = startHello(self, peer)
  const effects: HelloEffect[] = []
  for (const event of events) {
    const step = stepHello(state, event)
    state = step.next
    effects.push(...step.effects)
  }
  return { state, effects }
}

const started: HelloEvent = { kind: 'started' }
const vouched: HelloEvent = { kind: 'certificate-checked', ok: true }
const made: HelloEvent = { kind: 'proof-made', mac: filled(32, 1) }
const proof = receives({ t: 'proof', mac: filled(32, 2) })
const proven: HelloEvent = { kind: 'proof-checked', ok: true }
const last = receives({ t: 'entries', entries: [entry], last: true })
const untilProof = [started, receives(helloOf(ben)), vouched, made]
const untilEntries = [...untilProof, proof, proven]
const kinds = (effects: readonly HelloEffect[]) => effects.map((effect) => effect.kind)

describe('two tabs of a room', () => {
  test('[HELLO-1] prove the secret, exchange logs and are done', () => {
    const { effects } = play(ann, ben.tab, ...untilEntries, last, { kind: 'entries-done' })
    expect(effects).toEqual([
      { kind: 'send', message: helloOf(ann) },
      {
        kind: 'check-certificate',
        claim: tabClaim({ room, tab: ben.tab, device: ben.device }),
        device: ben.device,
        certificate: ben.certificate,
      },
      { kind: 'make-proof', claim: proofClaim(room, ann, ben) },
      { kind: 'send', message: { t: 'proof', mac: filled(32, 1) } },
      { kind: 'check-proof', claim: proofClaim(room, ben, ann), mac: filled(32, 2) },
      { kind: 'send-entries' },
      { kind: 'take-entries', entries: [entry] },
      { kind: 'done', device: ben.device, wireVersion: 1 },
    ])
  })

  test('[HELLO-1] the log may be sent before or after the other one has come', () => {
    const first = play(ann, ben.tab, ...untilEntries, { kind: 'entries-done' }, last)
    const second = play(ann, ben.tab, ...untilEntries, last, { kind: 'entries-done' })
    expect([first.state.phase, second.state.phase]).toEqual(['done', 'done'])
  })

  test('[HELLO-2] nothing but hello and proof leaves before the other proof stands', () => {
    const { effects } = play(ann, ben.tab, ...untilProof, proof)
    expect(effects.filter((effect) => effect.kind === 'send').map(({ message }) => message.t)).toEqual(['hello', 'proof'])
    expect(kinds(effects)).not.toContain('send-entries')
  })

  test("[HELLO-12] the claim of a proof names the prover first, so that no side can use the other's", () => {
    expect(equalBytes(proofClaim(room, ann, ben), proofClaim(room, ben, ann))).toBe(false)
    const made = play(ann, ben.tab, ...untilProof.slice(0, 3)).effects.find((effect) => effect.kind === 'make-proof')
    const checked = play(ben, ann.tab, started, receives(helloOf(ann)), vouched, made_(2), proof).effects.find(
      (effect) => effect.kind === 'check-proof',
    )
    expect(made?.claim).toEqual(checked?.claim)
  })
})

const made_ = (n: number): HelloEvent => ({ kind: 'proof-made', mac: filled(32, n) })
const refusal = (effects: readonly HelloEffect[]) =>
  effects.filter((effect) => effect.kind === 'refused' || (effect.kind === 'send' && effect.message.t === 'refused'))
const told = (reason: 'wire-newer' | 'wire-older' | 'proof-refused' | 'room-full' | 'left') => ({
  kind: 'send',
  message: { t: 'refused', reason },
})

describe('turned away', () => {
  test('[HELLO-3] a hello for another room', () => {
    const elsewhere = { ...ben, room: toRoomId(filled(32, 9)) }
    const { effects } = play(ann, ben.tab, started, receives(helloOf(elsewhere)))
    expect(effects.slice(1)).toEqual([told('proof-refused'), { kind: 'refused', reason: 'proof-refused', by: 'us' }])
  })

  test('[HELLO-4] a tab whose device does not vouch for it', () => {
    const { effects } = play(ann, ben.tab, started, receives(helloOf(ben)), { kind: 'certificate-checked', ok: false })
    expect(refusal(effects)).toEqual([told('proof-refused'), { kind: 'refused', reason: 'proof-refused', by: 'us' }])
    expect(kinds(effects)).not.toContain('make-proof')
  })

  test('[HELLO-5] a wrong or reflected proof', () => {
    const { effects, state } = play(ann, ben.tab, ...untilProof, proof, { kind: 'proof-checked', ok: false })
    expect(refusal(effects)).toEqual([told('proof-refused'), { kind: 'refused', reason: 'proof-refused', by: 'us' }])
    expect([state.phase, kinds(effects).includes('send-entries')]).toEqual(['refused', false])
  })

  test.each([
    ['newer', { min: 2, max: 3 }, 'wire-newer', 'wire-older'],
    ['older', { min: 0, max: 0 }, 'wire-older', 'wire-newer'],
  ] as const)('[HELLO-6] a tab of a %s wire version: both sides learn who has to reload', (_, wire, ours, theirs) => {
    const { effects } = play(ann, ben.tab, started, receives(helloOf({ ...ben, wire })))
    expect(refusal(effects)).toEqual([told(theirs), { kind: 'refused', reason: ours, by: 'us' }])
  })

  test('[HELLO-6] of several common versions the highest is spoken', () => {
    const { state } = play({ ...ann, wire: { min: 1, max: 4 } }, ben.tab, started, receives(helloOf({ ...ben, wire: { min: 2, max: 3 } })))
    expect(state.wireVersion).toBe(3)
  })

  test.each<[string, HelloEvent[]]>([
    ['a proof before the hello', [started, proof]],
    ['entries before the proof', [...untilProof, last]],
    ['a second hello', [...untilProof, receives(helloOf(ben))]],
    ['a second proof', [...untilEntries, proof]],
    ['entries after the last', [...untilEntries, last, last]],
    ['a hello after the end', [...untilEntries, last, { kind: 'entries-done' }, receives(helloOf(ben))]],
  ])('[HELLO-7] %s', (_, events) => {
    const { effects, state } = play(ann, ben.tab, ...events)
    expect(refusal(effects)).toEqual([{ kind: 'refused', reason: 'frame-malformed', by: 'us' }])
    expect(state.phase).toBe('refused')
  })

  test('[HELLO-8] more entries than a room may have', () => {
    const page = receives({ t: 'entries', entries: Array(ENTRIES_PER_FRAME).fill(entry), last: false })
    const full = Array<HelloEvent>(MEMBERSHIP_ENTRIES / ENTRIES_PER_FRAME).fill(page)
    expect(play(ann, ben.tab, ...untilEntries, ...full).state.phase).toBe('entries')
    expect(play(ann, ben.tab, ...untilEntries, ...full, last).effects.at(-1)).toEqual({
      kind: 'refused',
      reason: 'frame-malformed',
      by: 'us',
    })
    const empty = receives({ t: 'entries', entries: [], last: false })
    expect(play(ann, ben.tab, ...untilEntries, empty).effects.at(-1)).toEqual({ kind: 'refused', reason: 'frame-malformed', by: 'us' })
  })

  test('[HELLO-9] silence and hanging up', () => {
    expect(play(ann, ben.tab, ...untilProof, { kind: 'timeout' }).effects.at(-1)).toEqual({ kind: 'refused', reason: 'timeout', by: 'us' })
    expect(play(ann, ben.tab, started, { kind: 'stream-closed' }).effects.at(-1)).toEqual({ kind: 'refused', reason: 'closed', by: 'us' })
    const after = play(ann, ben.tab, ...untilEntries, last, { kind: 'entries-done' }, { kind: 'timeout' }, { kind: 'stream-closed' })
    expect([after.state.phase, after.effects.at(-1)?.kind]).toEqual(['done', 'done'])
  })

  test('[HELLO-10] a refusal by the other side is not answered', () => {
    const { effects, state } = play(ann, ben.tab, ...untilProof, receives({ t: 'refused', reason: 'proof-refused' }), proof)
    expect(refusal(effects)).toEqual([{ kind: 'refused', reason: 'proof-refused', by: 'them' }])
    expect(state.phase).toBe('refused')
  })

  test.each(['room-full', 'left'] as const)('[HELLO-11] because of the room: %s', (reason) => {
    const { effects } = play(ann, ben.tab, ...untilEntries, { kind: 'turned-away', reason })
    expect(refusal(effects)).toEqual([told(reason), { kind: 'refused', reason, by: 'us' }])
  })

  test('[HELLO-7] a frame that cannot be read', () => {
    const { effects } = play(ann, ben.tab, started, { kind: 'frame-refused', reason: 'frame-too-large' })
    expect(refusal(effects)).toEqual([{ kind: 'refused', reason: 'frame-too-large', by: 'us' }])
  })
})
