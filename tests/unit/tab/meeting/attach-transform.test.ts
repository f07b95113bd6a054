import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { MediaNews, TransformOptions } from '../../../../src/protocol/media-worker.ts'
import { attachTransform } from '../../../../src/tab/meeting/attach-transform.ts'
import { ManualClock } from '../../../twins/manual-clock.ts'

type Given = { readonly options: TransformOptions }

beforeEach(() => {
  vi.spyOn(console, 'info').mockImplementation(() => {})
  vi.stubGlobal(
    'RTCRtpScriptTransform',
    class {
      readonly options: TransformOptions
      constructor(_worker: unknown, options: TransformOptions) {
        this.options = options
      }
    },
  )
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** A receiver, and what is set on it. The worker is told of the transforms that `isTold`, a moment later. */
function receiving(isTold: (nth: number) => boolean) {
  const clock = new ManualClock()
  const listeners = new Set<(news: MediaNews) => void>()
  const given: { readonly atMs: number; readonly id: number }[] = []
  const worker = {} as Worker
  const receiver = {
    set transform({ options: { id } }: Given) {
      given.push({ atMs: clock.monotonicMs(), id })
      const nth = given.length
      if (isTold(nth)) clock.after(5, () => tell(id))
    },
  }
  const tell = (id: number) => {
    for (const listener of [...listeners]) listener({ t: 'attached', id })
  }
  const onNews = (listener: (news: MediaNews) => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const stop = attachTransform({ worker, onNews }, clock, receiver as unknown as RTCRtpReceiver, { kind: 'pipe', hop: 7 })
  return { clock, given, tell, stop, isOver: () => listeners.size === 0 }
}

test('[MEDIAWORKER-39] a transform that the worker has is left alone', () => {
  const { clock, given, isOver } = receiving(() => true)
  clock.advance(120_000)
  expect([given.length, isOver()]).toEqual([1, true])
})

test('[MEDIAWORKER-39] one of which the engine told nobody is set anew after two seconds, and that again', () => {
  const { clock, given, isOver } = receiving((nth) => nth === 3)
  clock.advance(120_000)
  expect(given.map(({ atMs }) => atMs)).toEqual([0, 2_000, 6_000])
  expect(new Set(given.map(({ id }) => id)).size).toBe(3)
  expect(isOver()).toBe(true)
})

test('[MEDIAWORKER-39] news of one that was replaced says nothing of the latest', () => {
  const { clock, given, tell } = receiving(() => false)
  clock.advance(2_000)
  tell(given[0]?.id ?? 0)
  clock.advance(4_000)
  expect(given.length).toBe(3)
})

test('[MEDIAWORKER-39] it is not tried for ever, nor when its hop is gone', () => {
  const never = receiving(() => false)
  never.clock.advance(600_000)
  expect([never.given.length, never.isOver()]).toEqual([5, true])
  const gone = receiving(() => false)
  gone.clock.advance(3_000)
  gone.stop()
  gone.clock.advance(600_000)
  expect([gone.given.length, gone.isOver()]).toEqual([2, true])
})
