import { describe, expect, test } from 'vitest'
import {
  checkSignal,
  closeSession,
  EMPTY_BOOK,
  noteSignal,
  openSession,
  type SignalBook,
  type SignalScene,
} from '../../../../src/core/call/check-signal.ts'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { RETIRED_SESSIONS } from '../../../../src/protocol/limits.ts'
import type { SignalBody, SignalMessage } from '../../../../src/protocol/signal.ts'
import { FINGERPRINT, OTHER_FINGERPRINT, SDP } from './fixtures.ts'

const ANN = 'A'.repeat(52) as TabId
const BEN = 'B'.repeat(52) as TabId
const EVE = 'E'.repeat(52) as TabId
const MY_FINGERPRINT = FINGERPRINT.replaceAll('5', '6')
const SESSION = new Uint8Array(16).fill(1)

/** Ben listens; Ann is the impolite side. */
const scene: SignalScene = { self: BEN, peer: ANN, role: 'polite', epoch: 0, fingerprint: MY_FINGERPRINT }
const open = openSession(EMPTY_BOOK, SESSION)

const offer: SignalBody = { t: 'description', type: 'offer', round: 1, sdp: SDP, tracks: { 1: 'microphone' } }
const answer: SignalBody = { ...offer, type: 'answer' }
const candidate: SignalBody = { t: 'candidate', candidate: 'candidate:1 1 udp 1 192.0.2.1 5 typ host ufrag kZ3r', mid: '0', ufrag: 'kZ3r' }

function signal(change: Partial<SignalMessage> = {}): SignalMessage {
  return {
    t: 'signal',
    from: ANN,
    to: BEN,
    epoch: 0,
    session: SESSION,
    sequence: 1,
    fingerprint: FINGERPRINT,
    peerFingerprint: MY_FINGERPRINT,
    ufrag: 'kZ3r',
    body: offer,
    signature: new Uint8Array(64),
    ...change,
  }
}

const check = (change: Partial<SignalMessage> = {}, book: SignalBook = open) => checkSignal(scene, book, signal(change))
const refused = (reason: string) => ({ kind: 'refused', reason })

test('[SIGNAL-9] an honest offer, answer and candidate pass', () => {
  for (const body of [offer, answer, candidate, { t: 'bye' } as const]) expect(check({ body })).toEqual({ kind: 'present' })
})

describe('one field changed', () => {
  test.each<[string, Partial<SignalMessage>]>([
    ['from another tab', { from: EVE }],
    ['to another tab', { to: EVE }],
    ['reflected to its maker', { from: BEN, to: ANN }],
  ])('[SIGNAL-2] %s', (_, change) => {
    expect(check(change)).toEqual(refused('signal-misdirected'))
  })

  test('[SIGNAL-3] the fingerprint of the SDP', () => {
    expect(check({ body: { ...offer, sdp: SDP.replaceAll(FINGERPRINT, OTHER_FINGERPRINT) } })).toEqual(refused('fingerprint-mismatch'))
  })

  test('[SIGNAL-3] the fingerprint of one media section', () => {
    expect(check({ body: { ...offer, sdp: SDP.replace(FINGERPRINT, OTHER_FINGERPRINT) } })).toEqual(refused('fingerprint-mismatch'))
  })

  test('[SIGNAL-3] the signed fingerprint', () => {
    expect(check({ fingerprint: OTHER_FINGERPRINT })).toEqual(refused('fingerprint-mismatch'))
  })

  test('[SIGNAL-3] the ICE fragment of the SDP, or the signed one', () => {
    expect(check({ body: { ...offer, sdp: SDP.replaceAll('kZ3r', 'evil') } })).toEqual(refused('signature-invalid'))
    expect(check({ ufrag: 'evil' })).toEqual(refused('signature-invalid'))
  })

  test('[SIGNAL-4] both fingerprints, of a tab that showed another before', () => {
    const known = noteSignal(open, signal())
    const swapped = { fingerprint: OTHER_FINGERPRINT, sequence: 2, body: { ...offer, sdp: SDP.replaceAll(FINGERPRINT, OTHER_FINGERPRINT) } }
    expect(check(swapped, known)).toEqual(refused('fingerprint-mismatch'))
    expect(check({ ...swapped, body: { t: 'bye' } }, known)).toEqual(refused('fingerprint-mismatch'))
  })

  test('[SIGNAL-5] the fingerprint of the receiver', () => {
    expect(check({ peerFingerprint: OTHER_FINGERPRINT })).toEqual(refused('fingerprint-mismatch'))
    expect(check({ peerFingerprint: '' })).toEqual({ kind: 'present' })
    expect(check({ peerFingerprint: '', body: answer })).toEqual(refused('fingerprint-mismatch'))
  })

  test('[SIGNAL-6] the fragment of a candidate, in its field or its line', () => {
    expect(check({ body: { ...candidate, ufrag: 'evil' } })).toEqual(refused('signature-invalid'))
    expect(check({ body: { ...candidate, candidate: candidate.candidate.replace('kZ3r', 'evil') } })).toEqual(refused('signature-invalid'))
  })

  test('[SIGNAL-8] the epoch', () => {
    expect(check({ epoch: 1 })).toEqual(refused('signal-replayed'))
  })
})

test('[SIGNAL-7] a message heard before is refused', () => {
  const heard = noteSignal(open, signal({ sequence: 5 }))
  expect(check({ sequence: 5 }, heard)).toEqual(refused('signal-replayed'))
  expect(check({ sequence: 4 }, heard)).toEqual(refused('signal-replayed'))
  expect(check({ sequence: 6 }, heard)).toEqual({ kind: 'present' })
})

test('[SIGNAL-7] also when its session is over', () => {
  const over = closeSession(noteSignal(open, signal({ sequence: 5 })))
  expect(check({ sequence: 5 }, over)).toEqual(refused('signal-replayed'))
  const late = signal({ sequence: 6 })
  expect(checkSignal(scene, noteSignal(over, late), late)).toEqual(refused('signal-replayed'))
})

test('[SIGNAL-10] a late but honest message of a session that is over is stale', () => {
  expect(check({ sequence: 6 }, closeSession(open))).toEqual({ kind: 'stale' })
})

test('[SIGNAL-9] the polite side follows the first offer of a new session and no other message', () => {
  const session = new Uint8Array(16).fill(2)
  expect(check({ session }, open)).toEqual({ kind: 'fresh' })
  expect(check({ session, body: answer }, open)).toEqual({ kind: 'stale' })
  expect(check({ session, body: candidate }, open)).toEqual({ kind: 'stale' })
})

test('[SIGNAL-12] a later offer of a session that is not known here is stale: its connection is gone', () => {
  const session = new Uint8Array(16).fill(2)
  expect(check({ session, body: { ...offer, round: 2 } }, EMPTY_BOOK)).toEqual({ kind: 'stale' })
})

test('[SIGNAL-9] the impolite side knows no sessions but its own', () => {
  const unknown = signal({ session: new Uint8Array(16).fill(2) })
  expect(checkSignal({ ...scene, role: 'impolite' }, open, unknown)).toEqual(refused('signal-misdirected'))
})

test('[SIGNAL-7] the newest sessions that are over are remembered, and no more', () => {
  let book = EMPTY_BOOK
  for (let i = 0; i < 3 * RETIRED_SESSIONS; i++) book = openSession(book, new Uint8Array(16).fill(i))
  expect(book.retired.size).toBe(RETIRED_SESSIONS)
  expect(check({ session: new Uint8Array(16).fill(3 * RETIRED_SESSIONS - 2), sequence: -1 }, book)).toEqual(refused('signal-replayed'))
})
