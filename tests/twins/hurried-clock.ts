import type { Clock } from '../../src/ports/clock.ts'
import { browserClock } from '../../src/tab/browser-clock.ts'

/** Time in which waits of many seconds are over in a test. */
export function hurriedClock(factor: number): Clock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => factor * performance.now(),
    after: (delayMs, callback) => browserClock.after(delayMs / factor, callback),
  }
}
