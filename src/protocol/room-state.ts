/**
 * `/asterism/state/1`: Yjs sync between two tabs. Every payload is sealed under the epoch key, so a carrier sees
 * lengths only. The shapes below are what the shared document holds; they are parsed on every read, because any member
 * can write anything.
 */
import * as v from 'valibot'
import type { Bytes } from './bytes.ts'
import { bytesOf, countOf, encodeFrame, idOf } from './frame.ts'
import { parseBlockId, parseDeviceId, parseFileId, parseTabId, type RoomId } from './ids.ts'
import { COMPOSITES, MEMBERS, STATE_FRAME_BYTES } from './limits.ts'
import { wireRange } from './wire-version.ts'

export const STATE_PROTOCOL = '/asterism/state/1'

/**
 * `vector`: my Yjs state vector, please answer with what I lack. `update`: a Yjs update. `presence`: a presence record.
 * `entries`: membership entries that came after the hello. `acts`: what is decided in meetings (control.ts).
 * A payload over one frame comes in `parts`, in order; `part` counts from 0.
 */
export const stateMessage = v.object({
  t: v.picklist(['vector', 'update', 'presence', 'entries', 'acts']),
  epoch: countOf(),
  part: countOf(10_000),
  parts: v.pipe(countOf(10_000), v.minValue(1)),
  /** 12-byte nonce, ciphertext, 16-byte tag (AES-256-GCM). */
  sealed: bytesOf(28, STATE_FRAME_BYTES),
})
export type StateMessage = v.InferOutput<typeof stateMessage>

const label = (max: number) => v.pipe(v.string(), v.maxLength(max))

/** Y.Map `files`, by file id. Written once by who adds the file; signed, so that nobody else's bytes stand under its name. */
export const fileRecord = v.object({
  id: idOf(parseFileId),
  /** UnixFS root of the file's bytes under `unixfs-v1-2025`. */
  root: idOf(parseBlockId),
  /** The object its bytes lie in, and where in it: several small files share one. */
  object: idOf(parseBlockId),
  offset: countOf(),
  name: label(1024),
  /** The folder it was added with, `/` between names, empty for none: a label, never a path. */
  folder: label(1024),
  type: label(255),
  bytes: countOf(),
  addedBy: idOf(parseDeviceId),
  addedAtMs: countOf(),
  /** Ed25519 by the device `addedBy` over `fileClaim`. */
  signature: bytesOf(64),
})
export type FileRecord = v.InferOutput<typeof fileRecord>

export function fileClaim(room: RoomId, file: Omit<FileRecord, 'signature'>): Bytes {
  const { id, root, object, offset, name, folder, type, bytes, addedBy, addedAtMs } = file
  return encodeFrame(['asterism file 1', room, id, root, object, offset, name, folder, type, bytes, addedBy, addedAtMs])
}

/** Y.Map `bin`, by file id: a file taken out of the room, which anybody may bring back for BIN_MS. */
export const binRecord = v.object({ file: fileRecord, by: idOf(parseDeviceId), atMs: countOf() })
export type BinRecord = v.InferOutput<typeof binRecord>

/** Y.Map `seen`, by `<file id>/<device id>`: that device knows the file is in the bin. Fragments go only when enough know. */
export const seenRecord = v.object({ atMs: countOf() })
export type SeenRecord = v.InferOutput<typeof seenRecord>

/** Y.Map `profiles`, by device id. */
export const profileRecord = v.object({ name: label(1024) })
export type ProfileRecord = v.InferOutput<typeof profileRecord>

/** Y.Array `chat`. */
export const chatRecord = v.object({ id: label(32), from: idOf(parseDeviceId), text: label(16_000), atMs: countOf() })
export type ChatRecord = v.InferOutput<typeof chatRecord>

/** What a tab says of itself while it is here; gone with its connection, never stored. */
export const presenceRecord = v.object({
  tab: idOf(parseTabId),
  device: idOf(parseDeviceId),
  wire: wireRange,
  /** Rises with each change, so that an old record never replaces a newer one. */
  sequence: countOf(),
  /** Only one tab of a device keeps and fetches its blocks. */
  leader: v.boolean(),
  call: v.nullable(
    v.object({
      microphone: v.boolean(),
      camera: v.boolean(),
      screen: v.boolean(),
      speaking: v.boolean(),
      /** It takes and sends sealed frames; otherwise its engine knows plain tracks only. */
      seals: v.boolean(),
      /** Its person has it in sight: hidden tabs carry and plan for others only when nobody else can. */
      steady: v.boolean(),
      /** Wall clock at which it came into the call. */
      sinceMs: countOf(),
      /** The term in which it makes the plans of the meeting; 0: it does not. */
      conducts: countOf(),
    }),
  ),
  /** Pictures of the whole call that it makes, for recordings and for what goes out by a door: each takes half a core. */
  composes: v.optional(countOf(COMPOSITES)),
  /** Tabs it is connected to: who is not among them hears of it through us. */
  sees: v.pipe(v.array(idOf(parseTabId)), v.maxLength(MEMBERS)),
  /** Said once, on leaving. */
  gone: v.boolean(),
})
export type PresenceRecord = v.InferOutput<typeof presenceRecord>

/** Associated data of a sealed part: a part moved to another place, message or room does not open. */
export function stateContext(room: RoomId, message: Omit<StateMessage, 'sealed'>): Bytes {
  return encodeFrame(['asterism state 1', room, message.t, message.epoch, message.part, message.parts])
}
