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

export async function countBlocks({ page }: Device): Promise<number> {
  return page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('asterism')
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    try {
      return await new Promise<number>((resolve, reject) => {
        const counting = db.transaction('blocks').objectStore('blocks').count()
        counting.onsuccess = () => resolve(counting.result)
        counting.onerror = () => reject(counting.error)
      })
    } finally {
      db.close()
    }
  })
}

/** Flips one bit of the first block of a leaf's size, as a worn disk does. */
export async function rotOneLeaf({ page }: Device, leafBytes: number): Promise<void> {
  await page.evaluate(async (leafBytes) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const db = await done(indexedDB.open('asterism'))
    try {
      const keys = await done(db.transaction('blocks').objectStore('blocks').getAllKeys())
      for (const key of keys) {
        const data: Blob = await done(db.transaction('blocks').objectStore('blocks').get(key))
        if (data.size !== leafBytes) continue
        const bytes = new Uint8Array(await data.arrayBuffer())
        bytes[1_000] = (bytes[1_000] ?? 0) ^ 1
        await done(
          db
            .transaction('blocks', 'readwrite')
            .objectStore('blocks')
            .put(new Blob([bytes]), key),
        )
        return
      }
      throw new Error('no leaf of this size')
    } finally {
      db.close()
    }
  }, leafBytes)
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
