/** The book of a device as it lies sealed on its disk, and opened with the key that only its own pages can use. */
import { decode } from 'cborg'
import type { Technique } from '../../../src/protocol/balance.ts'
import { encodeFrame } from '../../../src/protocol/frame.ts'
import type { Device } from '../device.ts'

export type Tried = { readonly tries: number; readonly successes: number; readonly rests: boolean }

export function sealedBook({ page }: Device): Promise<readonly number[] | undefined> {
  return readBook(page, undefined)
}

/** How each technique did for clients of this very kind; undefined before anything was kept. */
export async function techniquesOf({ page }: Device): Promise<Partial<Record<Technique, Tried>> | undefined> {
  const plain = await readBook(page, [...encodeFrame(['asterism balance 1'])])
  if (plain === undefined) return undefined
  const { clients } = decode(Uint8Array.from(plain)) as { clients: [string, [Technique, number[]][]][] }
  const own = clients.find(([id]) => !id.startsWith('class-'))?.[1] ?? []
  return Object.fromEntries(
    own.map(([technique, [tries = 0, successes = 0, , , , , restsUntilMs = 0]]) => [
      technique,
      { tries: Math.round(tries), successes: Math.round(successes), rests: restsUntilMs > Date.now() },
    ]),
  )
}

/** `context`: what the seal was made with; undefined: as it lies there. */
function readBook(page: Device['page'], context: readonly number[] | undefined): Promise<readonly number[] | undefined> {
  return page.evaluate(async (context) => {
    const open = (name: string) =>
      new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name)
        opening.onsuccess = () => resolve(opening.result)
        opening.onerror = () => reject(opening.error)
      })
    const read = async (name: string, store: string, key: string): Promise<unknown> => {
      const database = await open(name)
      const value = await new Promise<unknown>((resolve) => {
        const asking = database.transaction(store).objectStore(store).get(key)
        asking.onsuccess = () => resolve(asking.result)
      })
      database.close()
      return value
    }
    const sealed = await read('asterism', 'values', 'balance')
    if (!(sealed instanceof Uint8Array)) return undefined
    const bytes = new Uint8Array(sealed)
    if (context === undefined) return [...bytes]
    const key = (await read('asterism-device', 'keys', 'drawer')) as CryptoKey
    const how = { name: 'AES-GCM', iv: bytes.slice(0, 12), additionalData: new Uint8Array(context) }
    return [...new Uint8Array(await crypto.subtle.decrypt(how, key, bytes.slice(12)))]
  }, context)
}
