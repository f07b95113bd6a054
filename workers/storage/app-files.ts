/** The files of the app in the browser's cache: put there, found there, and taken away when a new build is in charge. */
import { type AppFile, allToFetch, firstToFetch, keyOf, pathOf, toForget } from '../../src/core/app/kept-files.ts'

const CACHE = 'app'
/** So begin the names of the caches of earlier builds. */
const FORMER = 'workbox-precache'
/** Between two files at rest: whoever is in a call meanwhile notices nothing. */
const PAUSE_MS = 100

export class AppFiles {
  readonly #files: readonly AppFile[]
  readonly #keys: ReadonlyMap<string, string>
  #resting: Promise<void> | undefined

  constructor(files: readonly AppFile[]) {
    this.#files = files
    this.#keys = new Map(files.map((file) => [pathOf(file), keyOf(file)]))
  }

  has(path: string): boolean {
    return this.#keys.has(path)
  }

  async find(path: string): Promise<Response | undefined> {
    const key = this.#keys.get(path)
    if (key === undefined) return undefined
    // What the relay's compression says of the answer is no part of the question.
    return (await caches.open(CACHE)).match(key, { ignoreVary: true })
  }

  /** All or nothing: a worker that lacks one of them is not installed. */
  async keepFirst(): Promise<void> {
    const cache = await caches.open(CACHE)
    await Promise.all(firstToFetch(this.#files, await keptIn(cache)).map((file) => keep(cache, file)))
  }

  /** One by one. Ends at the first that does not come: the network is gone, or a newer build has taken its place. */
  keepRest(): Promise<void> {
    this.#resting ??= this.#keepRest().finally(() => (this.#resting = undefined))
    return this.#resting
  }

  async forgetOthers(): Promise<void> {
    const cache = await caches.open(CACHE)
    const former = (await caches.keys()).filter((name) => name.startsWith(FORMER))
    await Promise.all(former.map((name) => caches.delete(name)))
    await Promise.all(toForget(this.#files, await keptIn(cache)).map((key) => cache.delete(key, { ignoreVary: true })))
  }

  async #keepRest(): Promise<void> {
    const cache = await caches.open(CACHE)
    for (const file of allToFetch(this.#files, await keptIn(cache))) {
      await keep(cache, file)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}

async function keptIn(cache: Cache): Promise<ReadonlySet<string>> {
  return new Set((await cache.keys()).map(({ url }) => url.slice(self.location.origin.length)))
}

async function keep(cache: Cache, file: AppFile): Promise<void> {
  // Of a file that may change the browser's own cache may hold the former one.
  const freshness = file.revision === null ? 'default' : 'reload'
  const response = await fetch(pathOf(file), { cache: freshness, priority: 'low', credentials: 'same-origin' })
  if (!response.ok) throw new Error(`${file.url}: ${response.status}`)
  await cache.put(keyOf(file), response)
}
