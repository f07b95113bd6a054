/** The time, for what is told as "5 min ago": read anew every half minute, and only while somebody looks. */
import { createSubscriber } from 'svelte/reactivity'

const TICK_MS = 30_000
const track = createSubscriber((update) => {
  const timer = setInterval(update, TICK_MS)
  return () => clearInterval(timer)
})

export function now(): number {
  track()
  return Date.now()
}
