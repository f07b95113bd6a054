/**
 * Composition root of a tab. The shell paints at once; everything that talks to other tabs is one lazy chunk, fetched
 * while the person reads the first page. `globalThis.asterism` is there from the start and loads that chunk when used.
 */
import type { Asterism } from './ports/asterism.ts'
import { watchUpdates } from './tab/app-updates.ts'
import { keepAppAtRest } from './tab/keep-app.ts'
import { trustOwnScripts } from './tab/trust-own-scripts.ts'
import { mountApp } from './ui/app.ts'

trustOwnScripts()

let opened: Promise<Asterism> | undefined
let current: Asterism | undefined

/** A failed load is forgotten, so that the next try fetches again. */
function openAsterism(): Promise<Asterism> {
  opened ??= import('./tab/open-asterism.ts').then(async (module) => {
    current = await module.openAsterism()
    return current
  })
  opened.catch(() => {
    opened = undefined
  })
  return opened
}

const asterism: Asterism = {
  version: __APP_VERSION__,
  get room() {
    return current?.room
  },
  start: async (options) => (await openAsterism()).start(options),
  join: async (link, options) => (await openAsterism()).join(link, options),
  recentRooms: async () => (await openAsterism()).recentRooms(),
  forgetRoom: async (id) => (await openAsterism()).forgetRoom(id),
}

Object.defineProperty(globalThis, 'asterism', { value: asterism, enumerable: true })

const target = document.querySelector('#app')
if (target !== null) mountApp(target, { asterism: openAsterism, updates: watchUpdates(navigator.serviceWorker) })

const prefetch = () => void openAsterism().catch(() => {})
if ('requestIdleCallback' in globalThis) requestIdleCallback(prefetch)
else setTimeout(prefetch, 200)

keepAppAtRest(navigator.serviceWorker)
