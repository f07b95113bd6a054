/** Waiting for segments that a tab fetches. In memory only, as are the responses they are for. */
import type { Bytes } from '../../src/protocol/bytes.ts'
import { PEEK_WAIT_MS } from '../../src/protocol/limits.ts'

const waiting = new Map<string, (bytes: Bytes | undefined) => void>()

/** What the first tab says that says anything; undefined, too, when none does in time or the reader goes. */
export async function untilGiven(ask: (asked: string) => Promise<void>, signal: AbortSignal): Promise<Bytes | undefined> {
  const asked = crypto.randomUUID()
  let stop = () => {}
  const given = new Promise<Bytes | undefined>((resolve) => {
    stop = () => resolve(undefined)
    waiting.set(asked, resolve)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
  const timer = setTimeout(stop, PEEK_WAIT_MS)
  try {
    await ask(asked)
    return await given
  } finally {
    clearTimeout(timer)
    waiting.delete(asked)
    signal.removeEventListener('abort', stop)
  }
}

export function noteSegments(asked: string, bytes: Bytes | undefined): void {
  waiting.get(asked)?.(bytes)
}
