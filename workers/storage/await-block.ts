/**
 * Waiting for blocks that a tab is fetching. The waiters live in memory on purpose: when the browser stops the worker,
 * the responses they belong to are gone as well.
 */
import { RoomError } from '../../src/protocol/errors.ts'
import type { BlockId } from '../../src/protocol/ids.ts'
import { BLOCK_WAIT_MS } from '../../src/protocol/limits.ts'

/** A tab that did not hear the first time, or a fetch that was lost, gets another chance. */
const ASK_AGAIN_MS = 5_000

type Waiter = { readonly ids: ReadonlySet<BlockId>; readonly wake: () => void }

const waiting = new Set<Waiter>()

export function noteStored(ids: readonly BlockId[]): void {
  for (const { ids: wanted, wake } of waiting) if (ids.some((id) => wanted.has(id))) wake()
}

export type Awaited<T> = {
  /** undefined: not enough is here yet. */
  readonly look: () => Promise<T | undefined>
  /** Looked again whenever one of these was stored. */
  readonly ids: readonly BlockId[]
  readonly ask: () => Promise<void>
  readonly signal: AbortSignal
}

/** Throws `block-missing` when nobody could help in time, `aborted` when the reader went. */
export async function untilHere<T>({ look, ids, ask, signal }: Awaited<T>): Promise<T> {
  for (let waitedMs = 0; waitedMs < BLOCK_WAIT_MS && !signal.aborted; waitedMs += ASK_AGAIN_MS) {
    const window = new AbortController()
    const close = () => window.abort()
    const timer = setTimeout(close, ASK_AGAIN_MS)
    signal.addEventListener('abort', close, { once: true })
    try {
      for (let isAsked = false; !window.signal.aborted; isAsked = true) {
        // Before looking: what is stored while we look counts.
        const stored = anyStored(ids, window.signal)
        const found = await look()
        if (found !== undefined) return found
        if (!isAsked) await ask()
        await stored
      }
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', close)
      close()
    }
  }
  throw new RoomError(signal.aborted ? 'aborted' : 'block-missing', 'no tab could fetch a block in time')
}

/** Resolves as well when the signal ends the wait. */
function anyStored(ids: readonly BlockId[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      signal.removeEventListener('abort', wake)
      waiting.delete(waiter)
      resolve()
    }
    const waiter: Waiter = { ids: new Set(ids), wake }
    waiting.add(waiter)
    if (signal.aborted) wake()
    else signal.addEventListener('abort', wake, { once: true })
  })
}
