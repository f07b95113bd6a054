import { expect, test } from 'vitest'
import type { CallTools, LookedBack } from '../../../../src/ports/asterism.ts'
import { RoomError } from '../../../../src/protocol/errors.ts'
import { LookBackModel } from '../../../../src/ui/travel/look-back.svelte.ts'

const LOG = { t: 'meeting-log' as const, rounds: [] }
const REPLAYED = { kind: 'replayed', replay: { rounds: 1 } } as LookedBack
const REFUSED: LookedBack = { kind: 'refused', reason: 'no-log', text: 'This file is no log.' }

/** Answers in order; one that is waited for ends when it is stopped, as the worker's do. */
function modelWith(...answers: readonly (LookedBack | Error | 'waits')[]) {
  let nth = 0
  const lookBack = {
    replay(_: unknown, { signal }: { signal: AbortSignal }) {
      const answer = answers[nth++]
      if (answer instanceof Error) return Promise.reject(answer)
      if (answer !== 'waits') return Promise.resolve(answer)
      return new Promise((_, fail) => {
        const stop = () => fail(new RoomError('aborted'))
        if (signal.aborted) stop()
        signal.addEventListener('abort', stop)
      })
    },
  }
  return new LookBackModel(() => Promise.resolve({ lookBack } as unknown as CallTools))
}

test('[UI-83] a file that is no log is said, and what was shown stays', async () => {
  const model = modelWith(REPLAYED, REFUSED, new Error('no worker'))
  await model.look(LOG)
  await model.look(new Blob(['holiday']), 'holiday.json')
  expect([model.trouble, model.looked?.name, model.looked?.replay.rounds, model.percent]).toEqual([REFUSED.text, undefined, 1, undefined])
  await model.look(LOG)
  expect(model.trouble).toBe('This could not be loaded. Check the connection and try again; the call goes on.')
  expect(model.looked?.replay.rounds).toBe(1)
})

test('[BALANCE-47] another log takes the place of one that is being planned again, and stopping is no trouble', async () => {
  const model = modelWith('waits', REPLAYED, 'waits')
  const first = model.look(LOG)
  await model.look(new Blob(['{}']), 'saved.json')
  await first
  expect([model.looked?.name, model.trouble, model.percent]).toEqual(['saved.json', '', undefined])
  const third = model.look(LOG)
  expect(model.percent).toBe(0)
  // It is asked before it is stopped.
  await Promise.resolve()
  model.stop()
  await third
  expect([model.looked?.name, model.trouble, model.percent]).toEqual(['saved.json', '', undefined])
})
