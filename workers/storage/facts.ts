/** Facts about the store, read and written in the transaction of whatever they are about. */
import type { IDBPTransaction, StoreNames } from 'idb'
import { EMPTY_TALLY, type Tally } from '../../src/core/storage/store-tally.ts'
import { toBase64Url } from '../../src/protocol/bytes.ts'
import { OWNER_QUOTA_BYTES } from '../../src/protocol/limits.ts'
import type { Facts, Schema } from './database.ts'

export type Writing = IDBPTransaction<Schema, StoreNames<Schema>[], 'readwrite'>
type Reading = IDBPTransaction<Schema, StoreNames<Schema>[], 'readonly' | 'readwrite'>

export async function readFacts(tx: Reading): Promise<Partial<Facts> & Omit<Facts, 'generation'>> {
  const store = tx.objectStore('facts')
  const [generation, tally, ownerQuotaBytes] = await Promise.all([
    store.get('generation'),
    store.get('tally'),
    store.get('ownerQuotaBytes'),
  ])
  return {
    generation: generation as string | undefined,
    tally: (tally as Tally | undefined) ?? EMPTY_TALLY,
    ownerQuotaBytes: (ownerQuotaBytes as number | undefined) ?? OWNER_QUOTA_BYTES,
  }
}

/** A request's own failure also aborts the transaction, which is where it is reported. */
export function writeFacts(tx: Writing, facts: Partial<Facts>): void {
  const store = tx.objectStore('facts')
  for (const [name, value] of Object.entries(facts)) store.put(value, name as keyof Facts).catch(() => undefined)
}

export function newGeneration(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(12)))
}
