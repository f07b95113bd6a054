/**
 * Opens the device's store: registers the service worker, waits until it answers, asks the browser to keep what we
 * store. When any of that is refused the room works all the same, from memory.
 */
import type { Clock } from '../../ports/clock.ts'
import type { DeviceStore } from '../../ports/file-gateway.ts'
import type { Claim } from '../../protocol/storage-worker.ts'
import { SwBlockStore } from './sw-block-store.ts'

/** First visit on a slow machine: fetch, install and activate the worker. */
const READY_MS = 15_000
/** Files have no addresses until then; all else works, so it is not waited for long. */
const CLAIM_MS = 2_000

export async function openDeviceStore(clock: Clock, workerUrl = '/sw.js'): Promise<DeviceStore> {
  try {
    const container = navigator.serviceWorker
    // Undefined where the page is no secure context.
    if (container === undefined) return memoryOnly()
    const registration = await container.register(workerUrl, { updateViaCache: 'none' })
    await Promise.race([activated(registration), failAfter(clock, READY_MS)])
    await Promise.race([controlled(container, registration), after(clock, CLAIM_MS)])
    const store = new SwBlockStore(container, registration, clock)
    const { persisted } = await store.usage()
    const isKept = persisted || (await persistUnasked())
    return { blocks: store, values: store, gateway: store, status: isKept ? 'kept' : 'may-be-evicted' }
  } catch {
    return memoryOnly()
  }
}

/**
 * Chromium decides by itself; Firefox asks the person and waits for the answer, and nobody who opens a link is asked
 * anything before they are in the room.
 */
async function persistUnasked(): Promise<boolean> {
  const isChromium = 'userAgentData' in navigator
  return isChromium && (await navigator.storage.persist().catch(() => false))
}

/** Few devices ever need it, so its code comes when they do. */
async function memoryOnly(): Promise<DeviceStore> {
  const { MemoryBlockStore } = await import('./memory-block-store.ts')
  const store = new MemoryBlockStore()
  return { blocks: store, values: store, gateway: store, status: 'memory-only' }
}

function activated(registration: ServiceWorkerRegistration): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = registration.active ?? registration.waiting ?? registration.installing
    const look = () => {
      if (registration.active !== null) resolve()
      else if (worker?.state === 'redundant') reject(new Error('the service worker was refused'))
    }
    worker?.addEventListener('statechange', look)
    look()
  })
}

/** Only a page with a controller has its files served by the worker. */
function controlled(container: ServiceWorkerContainer, { active }: ServiceWorkerRegistration): Promise<void> {
  if (container.controller !== null) return Promise.resolve()
  return new Promise((resolve) => {
    container.addEventListener('controllerchange', () => resolve(), { once: true })
    active?.postMessage({ t: 'claim' } satisfies Claim)
  })
}

function after(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve))
}

function failAfter(clock: Clock, ms: number): Promise<never> {
  return new Promise((_, reject) => clock.after(ms, () => reject(new Error('the service worker did not start'))))
}
