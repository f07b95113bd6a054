/**
 * A newer build of the app, waiting behind the service worker. It takes over only when `reload` is called, which the UI
 * does when nobody is in a call.
 */
export type AppUpdates = {
  readonly needRefresh: boolean
  reload(): void
  subscribe(listener: () => void): () => void
}

export function watchUpdates(container: ServiceWorkerContainer | undefined): AppUpdates {
  const listeners = new Set<() => void>()
  let waiting: ServiceWorker | null = null
  let isReloading = false

  const look = (registration: ServiceWorkerRegistration) => {
    waiting = registration.waiting
    for (const listener of listeners) listener()
  }
  void container?.ready.then((registration) => {
    look(registration)
    registration.addEventListener('updatefound', () => {
      registration.installing?.addEventListener('statechange', () => look(registration))
    })
    // A part of the page that does not come may have gone with its build: the newer one is looked for now.
    addEventListener('vite:preloadError', () => void registration.update().catch(() => undefined))
  })
  container?.addEventListener('controllerchange', () => {
    if (isReloading) location.reload()
  })

  return {
    get needRefresh() {
      return waiting !== null
    },
    reload() {
      isReloading = true
      waiting?.postMessage({ t: 'SKIP_WAITING' })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
