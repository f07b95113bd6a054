/**
 * The files of the app that no start needs are kept when a page has been open for a while and has nothing to do, so that
 * nobody's first visit waits for them.
 */
import type { KeepRest } from '../protocol/storage-worker.ts'

const REST_MS = 30_000

export function keepAppAtRest(container: ServiceWorkerContainer | undefined): void {
  void container?.ready.then((registration) => {
    const ask = () => registration.active?.postMessage({ t: 'keep-rest' } satisfies KeepRest)
    setTimeout(() => ('requestIdleCallback' in globalThis ? requestIdleCallback(ask) : ask()), REST_MS)
  })
}
