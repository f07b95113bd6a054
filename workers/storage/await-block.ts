/**
 * Waiting for a block that a tab is fetching. The waiters live in memory on purpose: when the browser stops the worker,
 * the responses they belong to are gone as well.
 */
import type { BlockId } from '../../src/protocol/ids.ts'

const waiting = new Map<BlockId, Set<() => void>>()

export function noteStored(ids: readonly BlockId[]): void {
  for (const id of ids) {
    for (const wake of waiting.get(id) ?? []) wake()
  }
}

/** Resolves when the block was stored, or after `timeoutMs`, or when the reader goes; look again then. */
export function blockStored(id: BlockId, timeoutMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const waiters = waiting.get(id) ?? new Set()
    waiting.set(id, waiters)
    const timer = setTimeout(wake, timeoutMs)
    signal.addEventListener('abort', wake, { once: true })
    waiters.add(wake)
    function wake(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', wake)
      waiters.delete(wake)
      if (waiters.size === 0) waiting.delete(id)
      resolve()
    }
  })
}
