import { expect, test } from 'vitest'
import { EMPTY_BOOK, noteInBook, type ProfileBook } from '../../../../src/core/balance/profile-book.ts'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import { CARRIER_ROWS, PROFILE_STORE_BYTES, REACH_ROWS } from '../../../../src/protocol/limits.ts'
import { loadProfiles, type ProfileDrawer, saveProfiles } from '../../../../src/tab/balance/profile-store.ts'
import { CLIENT } from './client.ts'

async function drawer() {
  const disk = new Map<string, Bytes>()
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const values = {
    load: async (name: string) => disk.get(name),
    save: async (name: string, value: Bytes | null) => void (value === null ? disk.delete(name) : disk.set(name, value)),
  }
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
  return { disk, parts: { values, key, random } satisfies ProfileDrawer }
}

const reached = (reflector: string, atMs: number, book: ProfileBook = EMPTY_BOOK) =>
  noteInBook(book, { kind: 'reached', network: 'office', reflector, rttMs: 12.5, path: 'direct', dialMs: 300 }, atMs)
const learned = (atMs: number, book: ProfileBook = EMPTY_BOOK) =>
  noteInBook(
    noteInBook(book, { kind: 'technique', client: CLIENT, technique: 'redirect', outcome: { kind: 'failed' } }, atMs),
    { kind: 'carrier', network: 'office', carrier: 'channel', outcome: { kind: 'worked', mediaMs: 0 } },
    atMs,
  )

test('[BALANCE-20] what was learned is there at the next visit, and cannot be read off the disk', async () => {
  const { disk, parts } = await drawer()
  const { salt, told } = await loadProfiles(parts)
  const book = learned(2_000, reached('ben', 1_000))
  await saveProfiles(parts, { book, salt, told })
  expect(await loadProfiles(parts)).toEqual({ book, salt, told })
  const text = new TextDecoder('latin1').decode(disk.get('balance'))
  expect(['office', 'redirect', 'channel', 'ben'].filter((word) => text.includes(word))).toEqual([])
})

test('[BALANCE-20] tabs that learn at the same time lose nothing to each other; of each row the latest stays', async () => {
  const { parts } = await drawer()
  const { salt, told } = await loadProfiles(parts)
  await saveProfiles(parts, { book: reached('ben', 1_000), salt, told })
  await saveProfiles(parts, { book: reached('cleo', 2_000), salt, told })
  const later = reached('ben', 3_000, reached('ben', 3_000))
  await saveProfiles(parts, { book: later, salt, told })
  await saveProfiles(parts, { book: reached('ben', 1_500), salt, told })
  const { book } = await loadProfiles(parts)
  expect([...book.reaches.keys()].toSorted()).toEqual(['office ben', 'office cleo'])
  expect(book.reaches.get('office ben')).toEqual(later.reaches.get('office ben'))
})

test('[BALANCE-20] hashes under another salt are not mixed with those that are kept', async () => {
  const { parts } = await drawer()
  const first = await loadProfiles(parts)
  const second = await loadProfiles(parts)
  await saveProfiles(parts, { book: reached('ben', 1), salt: first.salt, told: first.told })
  const kept = await saveProfiles(parts, { book: learned(9, reached('cleo', 9)), salt: second.salt, told: second.told })
  expect(kept.salt).toEqual(first.salt)
  expect([[...kept.book.reaches.keys()], kept.book.clients.size]).toEqual([['office ben'], 2])
})

test('[BALANCE-20] what cannot be read is begun anew, and a full book fits', async () => {
  const { disk, parts } = await drawer()
  disk.set('balance', new Uint8Array(100))
  expect((await loadProfiles(parts)).book).toEqual(EMPTY_BOOK)
  let book = EMPTY_BOOK
  for (let n = 0; n < REACH_ROWS; n++)
    book = noteInBook(
      book,
      {
        kind: 'reached',
        network: `${n % 9}`.padStart(20, 'n'),
        reflector: `${n}`.padStart(12, 'r'),
        rttMs: n / 7,
        path: 'direct',
        dialMs: n / 3,
      },
      1e12 + n,
    )
  for (let n = 0; n < CARRIER_ROWS; n++)
    book = noteInBook(book, { kind: 'carrier', network: `n${n}`, carrier: 'pipe', outcome: { kind: 'failed' } }, 1e12 + n)
  const { salt, told } = await loadProfiles(parts)
  await saveProfiles(parts, { book, salt, told })
  expect((await loadProfiles(parts)).book).toEqual(book)
  expect(disk.get('balance')?.byteLength).toBeLessThan(PROFILE_STORE_BYTES)
})
