/** Whether this tab is looked at: not behind another one, not minimised. */

import { on } from 'svelte/events'
import { createSubscriber } from 'svelte/reactivity'

const track = createSubscriber((update) => on(document, 'visibilitychange', update))

export function isInSight(): boolean {
  track()
  return document.visibilityState === 'visible'
}
