/** Time of a tab. */
import type { Clock } from '../ports/clock.ts'

export const browserClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    if (delayMs <= 0) return nextTurn(callback)
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}

/** Work cut into turns: timers would make it rest four milliseconds after each, and a hidden tab a whole second. */
function nextTurn(callback: () => void): () => void {
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = () => {
    port1.close()
    callback()
  }
  port2.postMessage(null)
  return () => port1.close()
}
