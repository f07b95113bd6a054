/**
 * The device's keys: made on first run, kept in IndexedDB as keys nobody can export, one each for all tabs of a profile.
 * `device` signs; `drawer` seals what only this device reads. When the browser keeps nothing, a key lives as long as its
 * tab.
 */
import type { DeviceKey } from '../../ports/keys.ts'
import { toDeviceId } from '../../protocol/ids.ts'
import { sign } from './ed25519.ts'

const DATABASE = 'asterism-device'
const STORE = 'keys'

export async function loadDeviceKey(): Promise<DeviceKey> {
  const fresh = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  const pair = await keepFirst('device', fresh).catch(() => fresh)
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  return { id: toDeviceId(publicKey), sign: (claim) => sign(pair.privateKey, claim) }
}

/** AES-256-GCM. */
export async function loadDrawerKey(): Promise<CryptoKey> {
  const fresh = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  return keepFirst('drawer', fresh).catch(() => fresh)
}

/** Stores the key unless another tab was first; either way gives the stored one. */
async function keepFirst<Key extends CryptoKey | CryptoKeyPair>(name: string, fresh: Key): Promise<Key> {
  const database = await openDatabase()
  try {
    const store = database.transaction(STORE, 'readwrite', { durability: 'strict' }).objectStore(STORE)
    const kept = await done<Key | undefined>(store.get(name))
    if (kept !== undefined) return kept
    await done(store.put(fresh, name))
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
