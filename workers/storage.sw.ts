/**
 * The service worker: the device's block store, files as URLs, and the app shell for when there is no network. It keeps
 * nothing it cannot lose between two events. A new version waits until a person asks for it, so no update ever reloads a
 * call.
 */
import type { AppFile } from '../src/core/app/kept-files.ts'
import type { Claim, KeepRest, Needed, StorageAnswer, StorageCall, TakeOver } from '../src/protocol/storage-worker.ts'
import { answerRequest } from './storage/answer-request.ts'
import { AppFiles } from './storage/app-files.ts'
import { IdbBlockStore } from './storage/idb-block-store.ts'
import { isRoomFile, serveFile } from './storage/serve-file.ts'

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: readonly AppFile[] }

const SHELL = '/index.html'
const store = new IdbBlockStore()
const app = new AppFiles(self.__WB_MANIFEST)

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (url.origin !== self.location.origin) return
  if (isRoomFile(url)) event.respondWith(serveFile(event.request, store, askTabs))
  else if (event.request.mode === 'navigate') event.respondWith(shellOrNetwork(event.request, url))
  else if (app.has(url.pathname)) event.respondWith(keptOrNetwork(event.request, url))
})

self.addEventListener('message', (event) => {
  const message: StorageCall<Blob, CryptoKey> | TakeOver | Claim | KeepRest | undefined = event.data
  if (message?.t === 'SKIP_WAITING') event.waitUntil(self.skipWaiting())
  else if (message?.t === 'claim') event.waitUntil(self.clients.claim())
  else if (message?.t === 'keep-rest') event.waitUntil(app.keepRest().catch(() => {}))
  else if (message?.t === 'call') event.waitUntil(answer(message, event.source))
})

self.addEventListener('install', (event) => event.waitUntil(app.keepFirst()))

// The first page that installs us has no controller yet; it must be able to open files without a reload.
self.addEventListener('activate', (event) => event.waitUntil(Promise.all([self.clients.claim(), app.forgetOthers()])))

/** A tab that waited long sends its call again; as long as we live, the first one is still being worked on. */
const working = new Set<string>()

async function answer({ id, request }: StorageCall<Blob, CryptoKey>, tab: ExtendableMessageEvent['source']): Promise<void> {
  const name = `${tab !== null && 'id' in tab ? tab.id : ''} ${id}`
  if (working.has(name)) return
  working.add(name)
  const reply = await answerRequest(store, request)
  working.delete(name)
  const message: StorageAnswer<Blob> = { t: 'answer', id, reply }
  tab?.postMessage(message)
}

/** Which tab is in which room is known to the tabs alone: all hear, and those it concerns act. */
async function askTabs(needed: Needed): Promise<void> {
  for (const tab of await self.clients.matchAll({ type: 'window', includeUncontrolled: true })) tab.postMessage(needed)
}

/** The app lives at the root; any other page is the server's, and the app stands in when it does not answer. */
async function shellOrNetwork(request: Request, url: URL): Promise<Response> {
  const shell = await app.find(SHELL)
  if (shell !== undefined && (url.pathname === '/' || url.pathname === SHELL)) return shell
  try {
    return await fetch(request)
  } catch (error) {
    if (shell !== undefined) return shell
    throw error
  }
}

async function keptOrNetwork(request: Request, url: URL): Promise<Response> {
  return (await app.find(url.pathname)) ?? fetch(request)
}
