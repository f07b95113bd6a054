/**
 * An object is what the room stores: the bytes of one file, or of several small ones packed together. It is cut into
 * chunks, each chunk is sealed and cut into k data fragments, and parity fragments are made of them; row r of an object
 * is fragment r of every chunk. The manifest says all of it and is sealed deterministically, so the same bytes with the
 * same layout are the same object, whoever adds them: an object's id is the id of its sealed manifest. Fragments are
 * raw blocks of ciphertext and say nothing of what they belong to.
 */
import * as v from 'valibot'
import type { Bytes } from './bytes.ts'
import { bytesOf, countOf, encodeFrame, idOf } from './frame.ts'
import { type BlockId, type DeviceId, parseBlockId, parseDeviceId, type RoomId } from './ids.ts'
import {
  BLOCK_BYTES,
  CHUNK_BYTES,
  HOLES,
  MANIFEST_PAGE_CHUNKS,
  MANIFEST_PAGES,
  OBJECT_ROWS,
  PLAN_SLOTS,
  SEGMENT_BYTES,
  SEGMENT_DIGEST_BYTES,
} from './limits.ts'

/** The id of the object's sealed manifest root. */
export type ObjectId = BlockId

const row = countOf(OBJECT_ROWS - 1)
const chunkIndex = countOf(MANIFEST_PAGES * MANIFEST_PAGE_CHUNKS)

/** One chunk: SHA-256 and length of its plaintext (the leaf's hash in UnixFS), and the SHA-256 of each row's fragment, laid end to end. */
export const manifestChunk = v.object({
  hash: bytesOf(32),
  bytes: v.pipe(countOf(CHUNK_BYTES), v.minValue(0)),
  fragments: bytesOf(32, 32 * OBJECT_ROWS),
  /** The first 16 bytes of the SHA-256 of each sealed segment, laid end to end, so that a few are checked without the rest. None where there is but one segment, and in objects of version 0.2.0. */
  segments: v.optional(bytesOf(SEGMENT_DIGEST_BYTES, (SEGMENT_DIGEST_BYTES * CHUNK_BYTES) / SEGMENT_BYTES)),
})
export type ManifestChunk = v.InferOutput<typeof manifestChunk>

/** Plaintext of a page block. */
export const manifestPage = v.object({
  t: v.literal('page'),
  chunks: v.pipe(v.array(manifestChunk), v.minLength(1), v.maxLength(MANIFEST_PAGE_CHUNKS)),
})
export type ManifestPage = v.InferOutput<typeof manifestPage>

/** Plaintext of the root block. Whoever reads it checks that pages, chunks and bytes add up. */
export const manifestRoot = v.object({
  t: v.literal('object'),
  bytes: countOf(),
  /** UnixFS root of the plaintext under `unixfs-v1-2025`: the checksum of the whole. */
  root: idOf(parseBlockId),
  /** Data fragments of each chunk; k = 1 means every row is a copy. */
  k: v.pipe(countOf(OBJECT_ROWS), v.minValue(1)),
  /** All rows, data and parity, k at least. */
  rows: v.pipe(countOf(OBJECT_ROWS), v.minValue(1)),
  /** Key of a sensitive object, made for it alone; null: chunk keys follow from the chunks (equal bytes, equal keys). */
  key: v.nullable(bytesOf(32)),
  pages: v.pipe(v.array(v.object({ id: idOf(parseBlockId), chunks: countOf(MANIFEST_PAGE_CHUNKS) })), v.maxLength(MANIFEST_PAGES)),
})
export type ManifestRoot = v.InferOutput<typeof manifestRoot>

/** A sealed manifest block: 12-byte nonce made of the plaintext by HMAC, ciphertext, tag. */
export const MANIFEST_SEALED_BYTES = BLOCK_BYTES

export function manifestContext(kind: 'object' | 'page'): Bytes {
  return encodeFrame(['asterism manifest 1', kind])
}

/**
 * Y.Map `plans`, by object id: which device shall hold which row. Written by whoever adds the object and by whoever
 * repairs; of two writers at once one wins, and planners go on from there.
 */
export const planRecord = v.object({
  object: idOf(parseBlockId),
  /** As `parseProfile` reads it: `nines(0.999)`, `raid1(3)`, `raid0`, `raid5`, `raid6`, `raid10`. */
  profile: v.pipe(v.string(), v.maxLength(32)),
  k: v.pipe(countOf(OBJECT_ROWS), v.minValue(1)),
  rows: v.pipe(countOf(OBJECT_ROWS), v.minValue(1)),
  bytes: countOf(),
  slots: v.pipe(v.array(v.object({ row, device: idOf(parseDeviceId) })), v.maxLength(PLAN_SLOTS)),
  /** Rises with each change of this object's plan. */
  sequence: countOf(),
  by: idOf(parseDeviceId),
  atMs: countOf(),
  /** Ed25519 by the device `by` over `planClaim`. */
  signature: bytesOf(64),
})
export type PlanRecord = v.InferOutput<typeof planRecord>

export function planClaim(room: RoomId, plan: Omit<PlanRecord, 'signature'>): Bytes {
  const { object, profile, k, rows, bytes, slots, sequence, by, atMs } = plan
  return encodeFrame([
    'asterism plan 1',
    room,
    object,
    profile,
    k,
    rows,
    bytes,
    slots.map((slot) => [slot.row, slot.device]),
    sequence,
    by,
    atMs,
  ])
}

/**
 * Y.Map `holdings`, by `<object id>/<device id>`: which rows that device has on disk, from what its store answers. It
 * stays while the device is away, since its disk does.
 */
export const holdingRecord = v.object({
  object: idOf(parseBlockId),
  device: idOf(parseDeviceId),
  /** Rows kept for the room. */
  rows: v.pipe(v.array(row), v.maxLength(OBJECT_ROWS)),
  /** Rows beyond the plan: usable as long as they are there, erased when room is needed. */
  marked: v.pipe(v.array(row), v.maxLength(OBJECT_ROWS)),
  /** Fragments found lost or damaged and not yet replaced. */
  holes: v.pipe(v.array(v.object({ row, chunk: chunkIndex })), v.maxLength(HOLES)),
  /** When the store was last asked about every fragment. */
  checkedAtMs: countOf(),
  sequence: countOf(),
  /** Ed25519 by the device over `holdingClaim`. */
  signature: bytesOf(64),
})
export type HoldingRecord = v.InferOutput<typeof holdingRecord>

export function holdingKey(object: ObjectId, device: DeviceId): string {
  return `${object}/${device}`
}

export function holdingClaim(room: RoomId, holding: Omit<HoldingRecord, 'signature'>): Bytes {
  const { object, device, rows, marked, holes, checkedAtMs, sequence } = holding
  const lost = holes.map((hole) => [hole.row, hole.chunk])
  return encodeFrame(['asterism holding 1', room, object, device, rows, marked, lost, checkedAtMs, sequence])
}

/** Y.Map `devices`, by device id: what a device says of itself as a place for fragments. */
export const deviceRecord = v.object({
  device: idOf(parseDeviceId),
  /** Keyed prefix of its network as the relay told it; equal values mean the same network. null: not known. */
  segment: v.nullable(bytesOf(8)),
  /** What its owner lets the room use, and how much of that is used, by kept and by marked rows of every room. */
  quotaBytes: countOf(),
  keptBytes: countOf(),
  /** The browser promised not to evict it. */
  persisted: v.boolean(),
  /** Holds nothing for the room: a phone, a guest, a metered network. */
  visitor: v.boolean(),
  firstSeenAtMs: countOf(),
  /** Time it was in the room since then. */
  onlineMs: countOf(),
  atMs: countOf(),
  sequence: countOf(),
  signature: bytesOf(64),
})
export type DeviceRecord = v.InferOutput<typeof deviceRecord>

export function deviceClaim(room: RoomId, record: Omit<DeviceRecord, 'signature'>): Bytes {
  const { device, segment, quotaBytes, keptBytes, persisted, visitor, firstSeenAtMs, onlineMs, atMs, sequence } = record
  return encodeFrame([
    'asterism device 1',
    room,
    device,
    segment,
    quotaBytes,
    keptBytes,
    persisted,
    visitor,
    firstSeenAtMs,
    onlineMs,
    atMs,
    sequence,
  ])
}
