/**
 * Blocks over a link. Commands travel on the data channel `command`, block bytes on `data`, so a full pipe never holds
 * up a cancel. The asker grants credit in bytes and the holder may not exceed it: data channels have no receive
 * back-pressure of their own.
 */
import * as v from 'valibot'
import type { Bytes } from './bytes.ts'
import { countOf, idOf } from './frame.ts'
import { parseBlockId } from './ids.ts'
import {
  BLOCK_BYTES,
  CREDIT_WINDOW_BYTES,
  DATA_HEADER_BYTES,
  DATA_PAYLOAD_BYTES,
  LANES,
  MANIFEST_PAGE_CHUNKS,
  MANIFEST_PAGES,
  OBJECT_ROWS,
  SDP_BYTES,
  WANT_BLOCKS,
} from './limits.ts'

/** Both sides create both channels with these ids (`negotiated: true`); ids and order are protocol. */
export const COMMAND_CHANNEL = { label: 'command', id: 0 } as const
export const DATA_CHANNEL = { label: 'data', id: 1 } as const

const id = countOf(0xffff_ffff)
const place = v.object({ chunk: countOf(MANIFEST_PAGES * MANIFEST_PAGE_CHUNKS), row: countOf(OBJECT_ROWS - 1) })

/** A further connection of the same pair, for bulk bytes alone. Its descriptions travel on the link, which is bound to the devices. */
const lane = v.pipe(countOf(LANES - 1), v.minValue(1))

export const commandMessage = v.variant('t', [
  /** Asks for blocks, answered in this order as data frames or `missing`. Ids are the asker's and never reused. */
  v.object({
    t: v.literal('want'),
    id,
    blocks: v.pipe(v.array(idOf(parseBlockId)), v.minLength(1), v.maxLength(WANT_BLOCKS)),
    /** Somebody is waiting to see these: answered before the wants that are not. */
    urgent: v.optional(v.literal(true)),
    /** Only these bytes of a single block, from several holders at once; data frames keep their place in the whole block. */
    part: v.optional(v.object({ offset: countOf(BLOCK_BYTES), bytes: v.pipe(countOf(BLOCK_BYTES), v.minValue(1)) })),
    /**
     * Where the blocks belong, in the same order: a holder that lacks a fragment but has k others of its chunk makes it.
     * Who does not understand it answers as if it were not there.
     */
    of: v.optional(v.object({ object: idOf(parseBlockId), places: v.pipe(v.array(place), v.minLength(1), v.maxLength(WANT_BLOCKS)) })),
  }),
  /** More bytes the holder may send on this link, all transfers together. */
  v.object({ t: v.literal('credit'), bytes: countOf(CREDIT_WINDOW_BYTES) }),
  v.object({ t: v.literal('cancel'), id }),
  v.object({ t: v.literal('missing'), id, index: countOf(WANT_BLOCKS) }),
  v.object({ t: v.literal('lane'), lane, kind: v.picklist(['offer', 'answer']), sdp: v.pipe(v.string(), v.maxLength(SDP_BYTES)) }),
  v.object({ t: v.literal('lane-candidate'), lane, candidate: v.pipe(v.string(), v.maxLength(1024)) }),
  /** Said by both. `sentBytes`: payload bytes its sender put on the lane, so that the other can tell what was lost and give the credit back. */
  v.object({ t: v.literal('lane-close'), lane, sentBytes: v.optional(countOf()) }),
  v.object({ t: v.literal('ping'), id }),
  v.object({ t: v.literal('pong'), id }),
])
export type CommandMessage = v.InferOutput<typeof commandMessage>

export type DataFrame = {
  readonly transfer: number
  /** Index into the want's blocks. */
  readonly index: number
  readonly offset: number
  /** Length of the whole block. A block of 0 bytes is one frame without payload. */
  readonly blockBytes: number
  readonly payload: Uint8Array
}

/** Four unsigned 32-bit big-endian numbers, then the payload. */
export function encodeDataFrame(frame: DataFrame): Bytes {
  return writeDataFrame(new Uint8Array(DATA_HEADER_BYTES + frame.payload.byteLength), frame)
}

/** The same into a buffer that is used again: a channel copies what it is given, and 400 new buffers a second cost. */
export function writeDataFrame(buffer: Bytes, frame: DataFrame): Bytes {
  const bytes = buffer.subarray(0, DATA_HEADER_BYTES + frame.payload.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, frame.transfer)
  view.setUint32(4, frame.index)
  view.setUint32(8, frame.offset)
  view.setUint32(12, frame.blockBytes)
  bytes.set(frame.payload, DATA_HEADER_BYTES)
  return bytes
}

/** The payload is a view, not a copy. */
export function parseDataFrame(buffer: ArrayBuffer): DataFrame | undefined {
  if (buffer.byteLength < DATA_HEADER_BYTES || buffer.byteLength > DATA_HEADER_BYTES + DATA_PAYLOAD_BYTES) return undefined
  const view = new DataView(buffer)
  const frame: DataFrame = {
    transfer: view.getUint32(0),
    index: view.getUint32(4),
    offset: view.getUint32(8),
    blockBytes: view.getUint32(12),
    payload: new Uint8Array(buffer, DATA_HEADER_BYTES),
  }
  const isWithin = frame.index < WANT_BLOCKS && frame.blockBytes <= BLOCK_BYTES
  return isWithin && frame.offset + frame.payload.byteLength <= frame.blockBytes ? frame : undefined
}
