import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { beginNegotiation, type NegotiationEvent, type NegotiationState, stepNegotiation } from '../../../../src/core/call/negotiation.ts'
import {
  EARLY_CANDIDATES,
  ICE_RESTART_AFTER_MS,
  ICE_RESTART_AGAIN_MS,
  LINK_RENEW_AFTER_MS,
  LINK_RENEW_PAUSE_MS,
} from '../../../../src/protocol/limits.ts'
import { NegotiationSide } from '../../../twins/negotiation-side.ts'

type Act =
  | { readonly do: 'change' | 'gather' | 'cut' | 'mend' | 'lose-signaling' | 'open-signaling'; readonly side: 0 | 1 }
  | { readonly do: 'deliver' | 'double' | 'drop'; readonly side: 0 | 1; readonly index: number }
  | { readonly do: 'ring'; readonly side: 0 | 1; readonly timer: 'answer' | 'restart' }

const side = fc.constantFrom<0 | 1>(0, 1)
const index = fc.nat(5)
const calm = [
  fc.record({ do: fc.constantFrom('change', 'gather'), side }),
  fc.record({ do: fc.constant('deliver'), side, index: fc.constant(0) }),
] as fc.Arbitrary<Act>[]
const wild = [
  ...calm,
  fc.record({ do: fc.constantFrom('cut', 'mend', 'lose-signaling', 'open-signaling'), side }),
  fc.record({ do: fc.constantFrom('deliver', 'double', 'drop'), side, index }),
  fc.record({ do: fc.constant('ring'), side, timer: fc.constantFrom('answer', 'restart') }),
] as fc.Arbitrary<Act>[]

function makePair(): readonly [NegotiationSide, NegotiationSide] {
  const pair = [new NegotiationSide('a', 'impolite'), new NegotiationSide('b', 'polite')] as const
  for (const one of pair) one.handle({ kind: 'signaling-opened' })
  return pair
}

function perform(pair: readonly [NegotiationSide, NegotiationSide], act: Act): void {
  const one = pair[act.side]
  if (act.do === 'change') one.change()
  else if (act.do === 'ring') one.ring(act.timer)
  else if ('index' in act) carry(one, pair[1 - act.side] as NegotiationSide, act)
  else one.handle(eventOf(one, act.do))
}

function eventOf(one: NegotiationSide, deed: 'gather' | 'cut' | 'mend' | 'lose-signaling' | 'open-signaling'): NegotiationEvent {
  switch (deed) {
    case 'gather':
      return { kind: 'candidate-gathered', candidate: { candidate: `${one.ufrag} ${one.sent.length}`, mid: '0', ufrag: one.ufrag } }
    case 'cut':
      return { kind: 'connection-changed', to: 'disconnected' }
    case 'mend':
      return { kind: 'connection-changed', to: 'connected' }
    case 'lose-signaling':
      return { kind: 'signaling-lost' }
    case 'open-signaling':
      return { kind: 'signaling-opened' }
    default:
      return deed satisfies never
  }
}

function carry(from: NegotiationSide, to: NegotiationSide, act: { do: 'deliver' | 'double' | 'drop'; index: number }): void {
  const at = act.index % Math.max(1, from.sent.length)
  const message = from.sent[at]
  if (act.do !== 'double') from.sent.splice(at, 1)
  if (message !== undefined && act.do !== 'drop') to.receive(message)
}

/** Everything on the way arrives, overdue answers are asked for again. False when it goes on for ever. */
function settle(pair: readonly [NegotiationSide, NegotiationSide]): boolean {
  for (const one of pair) one.handle({ kind: 'signaling-opened' })
  for (let turn = 0; turn < 200; turn++) {
    const isQuiet = pair.every((one) => one.sent.length === 0 && one.state.phase === 'stable')
    if (isQuiet) return true
    for (const one of [0, 1] as const) {
      if (pair[one].sent.length > 0) perform(pair, { do: 'deliver', side: one, index: 0 })
      else if (pair.every(({ sent }) => sent.length === 0)) pair[one].ring('answer')
    }
  }
  return false
}

describe('two sides', () => {
  test('[NEGOTIATION-1] whatever the order, two sides end stable and with the same offer and answer', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(...calm), { maxLength: 40 }), (acts) => {
        const pair = makePair()
        pair[0].change()
        for (const act of acts) perform(pair, act)
        expect(settle(pair)).toBe(true)
        expect(pair[0].agreement).toEqual(pair[1].agreement)
        expect(pair.map((one) => one.state.early)).toEqual([[], []])
      }),
      { numRuns: 500 },
    )
  })

  test('[NEGOTIATION-2] lost, doubled and reordered messages are harmless once signaling works again', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(...wild), { maxLength: 60 }), (acts) => {
        const pair = makePair()
        for (const act of acts) perform(pair, act)
        expect(settle(pair)).toBe(true)
        expect(pair[0].agreement).toEqual(pair[1].agreement)
      }),
      { numRuns: 2000 },
    )
  })
})

const remote = (round: number, ufrag = 'r1') => ({ round, ufrag, sdp: `sdp ${round}`, tracks: {} })
const candidate = (ufrag: string, n = 0) => ({ candidate: `candidate ${n}`, mid: '0', ufrag })

/** State and effects of the last of several events. */
function after(role: 'polite' | 'impolite', ...events: NegotiationEvent[]) {
  let step: ReturnType<typeof stepNegotiation> = { next: beginNegotiation(role), effects: [] }
  for (const event of events) step = stepNegotiation(step.next, event)
  return step
}

const opened: NegotiationEvent = { kind: 'signaling-opened' }
const needed: NegotiationEvent = { kind: 'negotiation-needed' }
const connected: NegotiationEvent = { kind: 'connection-changed', to: 'connected' }
const disconnected: NegotiationEvent = { kind: 'connection-changed', to: 'disconnected' }
const failed: NegotiationEvent = { kind: 'connection-changed', to: 'failed' }
const rang = (timer: 'answer' | 'restart' | 'renew'): NegotiationEvent => ({ kind: 'timer-rang', timer })
const offered = (round: number, ufrag?: string): NegotiationEvent => ({ kind: 'offer-received', offer: remote(round, ufrag) })
const answered = (round: number): NegotiationEvent => ({ kind: 'answer-received', answer: remote(round) })

test('[NEGOTIATION-3] the impolite side ignores a colliding offer', () => {
  expect(after('impolite', opened, needed, offered(1))).toEqual({ next: after('impolite', opened, needed).next, effects: [] })
})

test('[NEGOTIATION-4] the polite side takes its own offer back and answers the other', () => {
  const { next, effects } = after('polite', opened, needed, offered(1))
  expect(next.phase).toBe('stable')
  expect(effects).toEqual([
    { kind: 'rollback' },
    { kind: 'stop', timer: 'answer' },
    { kind: 'accept-offer', offer: remote(1) },
    { kind: 'answer', round: 1 },
  ])
})

test('[NEGOTIATION-5] an answer to another offer than the one that is out is ignored', () => {
  expect(after('polite', opened, needed, offered(1), needed, answered(1)).effects).toEqual([])
  expect(after('polite', opened, needed, offered(1), needed, answered(2)).effects).toContainEqual({
    kind: 'accept-answer',
    answer: remote(2),
  })
})

test('[NEGOTIATION-6] an offer heard before is answered with the same answer again', () => {
  expect(after('polite', opened, offered(1), offered(1)).effects).toEqual([{ kind: 'resend', what: 'answer' }])
})

test('[NEGOTIATION-7] candidates wait for their description', () => {
  const early: NegotiationEvent[] = [
    { kind: 'candidate-received', candidate: candidate('r1') },
    { kind: 'candidate-received', candidate: candidate('r2') },
  ]
  const { next, effects } = after('polite', opened, ...early, offered(1, 'r1'))
  expect(effects.at(-1)).toEqual({ kind: 'add-candidate', candidate: candidate('r1') })
  expect(next.early).toEqual([candidate('r2')])
})

test('[NEGOTIATION-7] at most EARLY_CANDIDATES of them, the newest', () => {
  const flood = Array.from({ length: 1000 }, (_, n): NegotiationEvent => ({ kind: 'candidate-received', candidate: candidate('r1', n) }))
  const { early } = after('polite', opened, ...flood).next
  expect(early).toHaveLength(EARLY_CANDIDATES)
  expect(early.at(-1)).toEqual(candidate('r1', 999))
})

test('[NEGOTIATION-8] after a cut the impolite side restarts ICE first', () => {
  const cut = after('impolite', opened, needed, answered(1), connected, disconnected)
  expect(cut.effects).toContainEqual({ kind: 'wait', timer: 'restart', delayMs: ICE_RESTART_AFTER_MS })
  expect(stepNegotiation(cut.next, rang('restart')).effects).toContainEqual({ kind: 'offer', round: 2, restartIce: true })
  expect(stepNegotiation(cut.next, failed).effects).toContainEqual({ kind: 'offer', round: 2, restartIce: true })
})

test('[NEGOTIATION-8] the polite side restarts only when nothing came', () => {
  const cut = after('polite', opened, offered(1), connected, failed)
  expect(cut.effects).toContainEqual({ kind: 'wait', timer: 'restart', delayMs: 2 * ICE_RESTART_AFTER_MS })
  expect(stepNegotiation(cut.next, rang('restart')).effects).toContainEqual({ kind: 'offer', round: 2, restartIce: true })
  const healed = stepNegotiation(cut.next, connected)
  expect(healed.effects).toContainEqual({ kind: 'stop', timer: 'restart' })
  expect(stepNegotiation(healed.next, rang('restart')).effects).toEqual([])
})

test('[NEGOTIATION-8] a link that stays cut is restarted again', () => {
  const { effects } = after('impolite', opened, needed, answered(1), connected, disconnected, rang('restart'), answered(2), rang('restart'))
  expect(effects).toContainEqual({ kind: 'offer', round: 3, restartIce: true })
  expect(effects).toContainEqual({ kind: 'wait', timer: 'restart', delayMs: ICE_RESTART_AGAIN_MS })
})

test('[NEGOTIATION-9] a restart that became due while signaling was away is offered when it is back', () => {
  const away = after('impolite', opened, needed, answered(1), connected, { kind: 'signaling-lost' }, disconnected, rang('restart'))
  expect(away.effects).not.toContainEqual(expect.objectContaining({ kind: 'offer' }))
  expect(stepNegotiation(away.next, opened).effects).toContainEqual({ kind: 'offer', round: 2, restartIce: true })
})

test('[NEGOTIATION-9] an offer of the other side that restarted already takes its place', () => {
  const due = after('polite', opened, offered(1, 'r1'), connected, { kind: 'signaling-lost' }, disconnected, rang('restart')).next
  const { next } = stepNegotiation({ ...due, canSignal: true }, offered(2, 'r2'))
  expect(next.isRestartDue).toBe(false)
})

test('[NEGOTIATION-10] a link that does not heal is replaced; the polite side asks for it', () => {
  const cut = (role: 'polite' | 'impolite') => after(role, opened, connected, disconnected)
  expect(cut('polite').effects).toContainEqual({ kind: 'wait', timer: 'renew', delayMs: LINK_RENEW_AFTER_MS })
  expect(stepNegotiation(cut('impolite').next, rang('renew')).effects).toEqual([{ kind: 'renew' }])
  expect(stepNegotiation(cut('polite').next, rang('renew')).effects).toEqual([{ kind: 'send-bye' }, { kind: 'renew' }])
  expect(after('impolite', opened, { kind: 'bye-received' }).effects).toContainEqual({
    kind: 'wait',
    timer: 'renew',
    delayMs: LINK_RENEW_PAUSE_MS,
  })
})

test('[NEGOTIATION-14] after a bye the polite side closes its connection at once', () => {
  expect(after('polite', opened, offered(1), { kind: 'bye-received' }).effects).toEqual([{ kind: 'renew' }])
  expect(after('polite', opened, { kind: 'effect-failed' }, { kind: 'bye-received' }).effects).toEqual([{ kind: 'renew' }])
})

test('[NEGOTIATION-11] a connection that failed an effect negotiates nothing more and is replaced after a pause', () => {
  const broken = after('impolite', opened, needed, { kind: 'effect-failed' })
  expect(broken.effects).toContainEqual({ kind: 'wait', timer: 'renew', delayMs: LINK_RENEW_PAUSE_MS })
  for (const event of [needed, answered(1), offered(2), disconnected, connected]) {
    expect(stepNegotiation(broken.next, event)).toEqual({ next: broken.next, effects: [] } satisfies {
      next: NegotiationState
      effects: []
    })
  }
  expect(stepNegotiation(broken.next, rang('renew')).effects).toEqual([{ kind: 'renew' }])
})

test('[NEGOTIATION-11] one that broke while signaling was away is replaced as soon as that is back', () => {
  const { next } = after('impolite', opened, needed, answered(1), connected, { kind: 'signaling-lost' }, { kind: 'effect-failed' })
  expect(stepNegotiation(next, rang('renew')).effects).toEqual([])
  expect(stepNegotiation(next, opened).effects).toEqual([{ kind: 'renew' }])
})

test('[NEGOTIATION-12] an unanswered offer is sent again', () => {
  expect(after('impolite', opened, needed, rang('answer')).effects).toContainEqual({ kind: 'resend', what: 'offer' })
  expect(after('impolite', opened, needed, { kind: 'signaling-lost' }, opened).effects).toContainEqual({ kind: 'resend', what: 'offer' })
})

test('[NEGOTIATION-13] an offer of a settled round is ignored', () => {
  const settled = after('impolite', opened, needed, answered(1))
  expect(stepNegotiation(settled.next, offered(1))).toEqual({ next: settled.next, effects: [] })
})
