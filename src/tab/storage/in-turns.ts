/**
 * Signatures in turns: Chromium makes and checks them on the thread that asks, a twelfth of a millisecond each, and its
 * promises leave no turn to the page; ten thousand at once would be a second without a frame.
 */
import type { Clock } from '../../ports/clock.ts'
import { RECORDS_CHECKED_AT_ONCE } from '../../protocol/limits.ts'

/** In the order given. */
export async function inTurns<T, R>(clock: Clock, items: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const done: R[] = []
  for (let at = 0; at < items.length; at += RECORDS_CHECKED_AT_ONCE) {
    if (at > 0) await nextTurn(clock)
    const some = items.slice(at, at + RECORDS_CHECKED_AT_ONCE)
    done.push(...(await Promise.all(some.map((item, i) => work(item, at + i)))))
  }
  return done
}

/** The page may show something and answer somebody first. */
export function nextTurn(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.after(0, resolve))
}
