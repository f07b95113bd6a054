/** The address bar as a signal. */

import { on } from 'svelte/events'
import { createSubscriber } from 'svelte/reactivity'
import { parseRoute, type Route } from './route.ts'

const track = createSubscriber((update) => on(window, 'hashchange', update))

export function currentRoute(): Route {
  track()
  return parseRoute(location.hash)
}

export function goTo(fragment: string): void {
  location.hash = fragment
}
