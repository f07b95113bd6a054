/**
 * The device's book of profiles among its values: sealed, since it says which networks the device was in, if only as
 * salted hashes. Tabs of one device share it: what is saved is merged with what another tab saved meanwhile.
 */
import * as v from 'valibot'
import { isProfileId } from '../../core/balance/client-profile.ts'
import { EMPTY_BOOK, mergeBooks, type ProfileBook, type Reach } from '../../core/balance/profile-book.ts'
import type { Tally } from '../../core/balance/tally.ts'
import { seal, unseal } from '../../pipeline/seal.ts'
import type { ValueStore } from '../../ports/block-store.ts'
import { TECHNIQUES } from '../../protocol/balance.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { bytesOf, countOf, encodeFrame, parseFrame } from '../../protocol/frame.ts'
import { CARRIER_ROWS, CLIENT_PROFILES, PROFILE_STORE_BYTES, REACH_ROWS } from '../../protocol/limits.ts'
import type { Told } from './counted.ts'

const NAME = 'balance'
const CONTEXT = encodeFrame(['asterism balance 1'])
const SALT_BYTES = 32
const NEVER_TOLD: Told = { atMs: 0, counts: new Map() }

const amount = v.pipe(v.number(), v.finite(), v.minValue(0))
const tally = v.strictTuple([amount, amount, amount, amount, amount, amount, amount])
const key = v.pipe(v.string(), v.maxLength(80))
const saved = v.object({
  t: v.literal('profiles'),
  salt: bytesOf(SALT_BYTES),
  clients: v.pipe(
    v.array(v.strictTuple([v.pipe(v.string(), v.check(isProfileId)), v.array(v.strictTuple([v.picklist(TECHNIQUES), tally]))])),
    v.maxLength(CLIENT_PROFILES),
  ),
  reaches: v.pipe(v.array(v.strictTuple([key, tally, amount, v.picklist(['direct', 'relayed', 'unknown'])])), v.maxLength(REACH_ROWS)),
  carriers: v.pipe(
    v.array(v.strictTuple([key, v.array(v.strictTuple([v.picklist(['channel', 'pipe']), tally]))])),
    v.maxLength(CARRIER_ROWS),
  ),
  /** How techniques did since the relay was told, and when that was. */
  told: v.strictTuple([
    countOf(),
    v.pipe(v.array(v.strictTuple([v.picklist(TECHNIQUES), countOf(), countOf()])), v.maxLength(TECHNIQUES.length)),
  ]),
})
type Saved = v.InferOutput<typeof saved>

export type ProfileDrawer = { readonly values: ValueStore; readonly key: CryptoKey; readonly random: (bytes: number) => Bytes }
export type KeptProfiles = { readonly book: ProfileBook; readonly salt: Bytes; readonly told: Told }

/** A book that cannot be read is begun anew. */
export async function loadProfiles(drawer: ProfileDrawer): Promise<KeptProfiles> {
  return (await readProfiles(drawer)) ?? { book: EMPTY_BOOK, salt: drawer.random(SALT_BYTES), told: NEVER_TOLD }
}

/** Gives what is kept now. Another salt, written meanwhile by another tab, wins: of one's own hashes nothing is kept then. */
export async function saveProfiles(drawer: ProfileDrawer, mine: KeptProfiles): Promise<KeptProfiles> {
  const kept = await readProfiles(drawer)
  const isShared = kept === undefined || kept.salt.every((byte, at) => byte === mine.salt[at])
  const own = isShared ? mine.book : { ...mine.book, reaches: EMPTY_BOOK.reaches, carriers: EMPTY_BOOK.carriers }
  const next = { book: kept === undefined ? own : mergeBooks(kept.book, own), salt: kept?.salt ?? mine.salt, told: mine.told }
  const frame = encodeFrame(plainOf(next))
  if (frame.byteLength <= PROFILE_STORE_BYTES) await drawer.values.save(NAME, await seal(drawer.key, frame, CONTEXT))
  return next
}

async function readProfiles({ values, key: drawerKey }: ProfileDrawer): Promise<KeptProfiles | undefined> {
  const bytes = await values.load(NAME)
  const plain = bytes && (await unseal(drawerKey, bytes, CONTEXT))
  const parsed = plain && parseFrame(plain, saved, PROFILE_STORE_BYTES)
  return parsed?.kind === 'ok' ? keptOf(parsed.message) : undefined
}

function keptOf(message: Saved): KeptProfiles {
  const [atMs, counts] = message.told
  const told = { atMs, counts: new Map(counts.map(([technique, succeeded, failed]) => [technique, { succeeded, failed }])) }
  return { book: bookOf(message), salt: message.salt, told }
}

function plainOf({ book, salt, told }: KeptProfiles): v.InferInput<typeof saved> {
  return {
    t: 'profiles',
    salt,
    clients: [...book.clients].map(([id, row]) => [id, [...row].map(([technique, each]) => [technique, numbersOf(each)])]),
    reaches: [...book.reaches].map(([id, { tally: each, rttMs, path }]) => [id, numbersOf(each), rttMs, path]),
    carriers: [...book.carriers].map(([id, row]) => [id, [...row].map(([carrier, each]) => [carrier, numbersOf(each)])]),
    told: [told.atMs, [...told.counts].map(([technique, { succeeded, failed }]) => [technique, succeeded, failed])],
  }
}

function bookOf({ clients, reaches, carriers }: Saved): ProfileBook {
  return {
    clients: new Map(clients.map(([id, row]) => [id, new Map(row.map(([technique, each]) => [technique, tallyOf(each)]))])),
    reaches: new Map(reaches.map(([id, each, rttMs, path]): [string, Reach] => [id, { tally: tallyOf(each), rttMs, path }])),
    carriers: new Map(carriers.map(([id, row]) => [id, new Map(row.map(([carrier, each]) => [carrier, tallyOf(each)]))])),
  }
}

function numbersOf(each: Tally): [number, number, number, number, number, number, number] {
  return [each.tries, each.successes, each.stalls, each.mediaMs, each.atMs, each.failedInRow, each.restsUntilMs]
}

function tallyOf(numbers: readonly [number, number, number, number, number, number, number]): Tally {
  const [tries, successes, stalls, mediaMs, atMs, failedInRow, restsUntilMs] = numbers
  return { tries, successes, stalls, mediaMs, atMs, failedInRow, restsUntilMs }
}
