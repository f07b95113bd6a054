/**
 * The device key: made on first run, kept in IndexedDB as a key nobody can export, one for all tabs of a profile. When
 * the browser keeps nothing, a key lives as long as its tab.
 */
import type { DeviceKey } from '../../ports/keys.ts'
import { toDeviceId } from '../../protocol/ids.ts'
import { sign } from './ed25519.ts'

const DATABASE = 'asterism-device'
const STORE = 'keys'
const NAME = 'device'

export async function loadDeviceKey(): Promise<DeviceKey> {
  const fresh = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  const pair = await keepFirst(fresh).catch(() => fresh)
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  return { id: toDeviceId(publicKey), sign: (claim) => sign(pair.privateKey, claim) }
}

/** Stores the pair unless another tab was first; either way gives the stored one. */
async function keepFirst(fresh: CryptoKeyPair): Promise<CryptoKeyPair> {
  const database = await openDatabase()
  try {
    const store = database.transaction(STORE, 'readwrite', { durability: 'strict' }).objectStore(STORE)
    const kept = await done<CryptoKeyPair | undefined>(store.get(NAME))
    if (kept !== undefined) return kept
    await done(store.put(fresh, NAME))
    return fresh
  } finally {
    database.close()
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE)
  return done(request)
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
