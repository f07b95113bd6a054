/** Whether the browser thinks there is a network at all. */
import { createSubscriber } from 'svelte/reactivity'

const track = createSubscriber((update) => {
  addEventListener('online', update)
  addEventListener('offline', update)
  return () => {
    removeEventListener('online', update)
    removeEventListener('offline', update)
  }
})

export function isOnline(): boolean {
  track()
  return navigator.onLine
}
