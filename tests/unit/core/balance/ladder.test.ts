import { expect, test } from 'vitest'
import { AT_FOOT, type Attempt, type LadderEffect, type LadderState, RUNGS, stepLadder } from '../../../../src/core/balance/ladder.ts'
import { LADDER_STEP_MS } from '../../../../src/protocol/limits.ts'
import { seededRandom } from '../../../sim/random.ts'

const PROFILE: Attempt = { rung: 'profile', technique: 'list', reflector: 'p' }
const HINT: Attempt = { rung: 'link-hint', technique: 'link-hint', reflector: 'h' }
const REDIRECT: Attempt = { rung: 'redirect', technique: 'redirect', reflector: 'r' }
const PROXY: Attempt = { rung: 'proxy', technique: 'proxy', reflector: 'r' }
const ALL = [PROXY, REDIRECT, HINT, PROFILE]

/** Plays until the ladder rests; `answer` says what becomes of each attempt. */
function play(attempts: readonly Attempt[], answer: (attempt: Attempt) => 'media' | 'failed' | 'silence') {
  let state: LadderState = AT_FOOT
  let nowMs = 0
  const effects: LadderEffect[] = []
  const take = (step: ReturnType<typeof stepLadder>): void => {
    state = step.next
    effects.push(...step.effects)
    for (const effect of step.effects) {
      if (effect.kind !== 'try') continue
      const word = answer(effect.attempt)
      if (word !== 'silence') take(stepLadder(state, { kind: word, attempt: effect.attempt }, nowMs + 100))
    }
  }
  take(stepLadder(state, { kind: 'begin', attempts }, nowMs))
  for (; state.phase === 'climbing' && nowMs < 60_000; nowMs += 100) take(stepLadder(state, { kind: 'tick' }, nowMs))
  return { state, effects, nowMs, tried: effects.flatMap((effect) => (effect.kind === 'try' ? [effect.attempt.rung] : [])) }
}

test.each(['failed', 'silence'] as const)('[BALANCE-11] with each step in turn ending in %s the client stays', (end) => {
  const { effects, tried, nowMs, state } = play(ALL, () => end)
  expect(tried).toEqual(RUNGS)
  expect(effects.at(-1)).toEqual({ kind: 'stay' })
  expect(state).toMatchObject({ phase: 'stayed', underway: [] })
  expect(nowMs).toBeLessThanOrEqual(RUNGS.reduce((sum, rung) => sum + LADDER_STEP_MS[rung], 0) + 500)
  const failures = effects.flatMap((effect) => (effect.kind === 'note' && effect.outcome.kind === 'failed' ? [effect.attempt.rung] : []))
  expect(failures).toEqual(RUNGS)
  // Nobody is left sending in vain.
  expect(effects.filter(({ kind }) => kind === 'let-go')).toHaveLength(RUNGS.length)
})

test.each(RUNGS)('[BALANCE-11] when all before %s fail, that is where the client settles', (rung) => {
  const { effects, tried } = play(ALL, (attempt) => (attempt.rung === rung ? 'media' : 'failed'))
  expect(tried).toEqual(RUNGS.slice(0, RUNGS.indexOf(rung) + 1))
  expect(effects.filter(({ kind }) => kind === 'settle' || kind === 'stay')).toEqual([
    { kind: 'settle', attempt: ALL.find((attempt) => attempt.rung === rung) },
  ])
})

test('[BALANCE-11] nothing to try is staying, and the same deed is not done twice', () => {
  expect(stepLadder(AT_FOOT, { kind: 'begin', attempts: [] }, 0).effects).toEqual([{ kind: 'stay' }])
  const same: Attempt = { rung: 'redirect', technique: 'list', reflector: 'p' }
  expect(play([PROFILE, same], () => 'failed').tried).toEqual(['profile'])
})

test('[BALANCE-11] whatever comes in whatever order, a ladder that began ends once, and never without a way', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed)
    let state: LadderState = AT_FOOT
    const seen: LadderEffect[] = []
    const attempts = random.shuffled(ALL).slice(0, random.between(0, 4))
    const take = (event: Parameters<typeof stepLadder>[1], nowMs: number) => {
      const step = stepLadder(state, event, nowMs)
      state = step.next
      seen.push(...step.effects)
    }
    take({ kind: 'begin', attempts }, 0)
    for (let nowMs = 0; nowMs < 20_000; nowMs += 250) {
      const attempt = random.pick(ALL)
      const word = random.pick(['tick', 'tick', 'tick', 'tick', 'failed', 'media'] as const)
      take(word === 'tick' ? { kind: 'tick' } : { kind: word, attempt }, nowMs)
    }
    const ends = seen.filter(({ kind }) => kind === 'settle' || kind === 'stay')
    expect(ends, `seed ${seed}`).toHaveLength(1)
    const tries = seen.filter(({ kind }) => kind === 'try').length
    const gone = seen.filter(({ kind }) => kind === 'let-go').length
    expect(gone + (ends[0]?.kind === 'settle' ? 1 : 0), `seed ${seed}`).toBe(tries)
  }
})

test('[BALANCE-12] a late one that works is taken, unless another was quicker', () => {
  const began = stepLadder(AT_FOOT, { kind: 'begin', attempts: [REDIRECT, PROXY] }, 0).next
  const late = stepLadder(began, { kind: 'tick' }, LADDER_STEP_MS.redirect)
  expect(late.effects).toEqual([
    { kind: 'note', attempt: REDIRECT, outcome: { kind: 'failed' } },
    { kind: 'try', attempt: PROXY },
  ])
  const after = stepLadder(late.next, { kind: 'media', attempt: REDIRECT }, 2_400)
  expect(after.effects).toEqual([
    { kind: 'note', attempt: REDIRECT, outcome: { kind: 'worked', mediaMs: 2_400 } },
    { kind: 'settle', attempt: REDIRECT },
    { kind: 'let-go', attempt: PROXY },
  ])
  expect(stepLadder(after.next, { kind: 'media', attempt: PROXY }, 2_500).effects).toEqual([])
})
