/** A device's disk, reached from outside the app: how full it may be, what lies on it, and what happens when it rots. */
import type { BrowserContext, CDPSession, Page } from '@playwright/test'
import type { Device } from './device.ts'

export type SmallDisk = {
  /** For `device(name, prepare)`: the browser remembers for half a minute that there was space, so the bound comes first. */
  prepare(context: BrowserContext): Promise<void>
  lift(): Promise<void>
}

/** A device that the browser gives so many bytes and no more. Random bytes only: what compresses counts less. */
export function smallDisk(origin: string, quotaBytes: number): SmallDisk {
  let session: CDPSession | undefined
  return {
    async prepare(context) {
      session = await context.newCDPSession(await context.newPage())
      await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: quotaBytes })
    },
    async lift() {
      await session?.send('Storage.overrideQuotaForOrigin', { origin })
    },
  }
}

/** Fragments on this device's disk. */
export async function countBlocks({ page }: Device): Promise<number> {
  return page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('asterism')
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    try {
      return await new Promise<number>((resolve, reject) => {
        const counting = db.transaction('fragment').objectStore('fragment').count()
        counting.onsuccess = () => resolve(counting.result)
        counting.onerror = () => reject(counting.error)
      })
    } finally {
      db.close()
    }
  })
}

/** Flips one bit of the first fragment of at least so many bytes, as a worn disk does. */
export async function rotOneLeaf({ page }: Device, leafBytes: number): Promise<void> {
  if ((await rotFragments(page, { most: 1, leastBytes: leafBytes })) === 0) throw new Error('no fragment of this size')
}

/** Flips one bit of each fragment of at least so many bytes, `most` of them at most. Any page of the origin will do. Gives how many. */
export async function rotFragments(page: Page, options: { readonly most?: number; readonly leastBytes?: number } = {}): Promise<number> {
  return page.evaluate(async ({ most = Number.POSITIVE_INFINITY, leastBytes = 1 }) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const db = await done(indexedDB.open('asterism'))
    const shelf = (mode: IDBTransactionMode) => db.transaction('fragment', mode).objectStore('fragment')
    let rotten = 0
    try {
      for (const key of await done(shelf('readonly').getAllKeys())) {
        const data: Blob = await done(shelf('readonly').get(key))
        if (rotten >= most || data.size < leastBytes) continue
        const bytes = new Uint8Array(await data.arrayBuffer())
        const at = Math.floor(bytes.byteLength / 2)
        bytes[at] = (bytes[at] ?? 0) ^ 1
        await done(shelf('readwrite').put(new Blob([bytes]), key))
        rotten++
      }
      return rotten
    } finally {
      db.close()
    }
  }, options)
}

/** Puts a value under a key, as an earlier visit may have left it. */
export async function writeValue(page: Page, key: string, value: Uint8Array<ArrayBuffer>): Promise<void> {
  await page.evaluate(
    async ({ key, value }) => {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open('asterism')
        opening.onsuccess = () => resolve(opening.result)
        opening.onerror = () => reject(opening.error)
      })
      try {
        await new Promise<void>((resolve, reject) => {
          const tx = db.transaction('values', 'readwrite')
          tx.objectStore('values').put(Uint8Array.fromBase64(value), key)
          tx.oncomplete = () => resolve()
          tx.onerror = () => reject(tx.error)
        })
      } finally {
        db.close()
      }
    },
    { key, value: Buffer.from(value).toString('base64') },
  )
}
