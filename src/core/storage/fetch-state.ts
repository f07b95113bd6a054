/**
 * What a tab knows while it fetches: which rows it keeps whole, which chunks somebody reads, what was asked of whom.
 * Everything is counted in fragments. Only fragments under way stand in maps, so a step costs the same for an object of
 * ten chunks and of a hundred thousand.
 */
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId, TabId } from '../../protocol/ids.ts'
import type { ObjectId } from '../../protocol/object.ts'
import type { HolderRate } from './holder-rate.ts'
import type { ObjectShape } from './layout.ts'
import type { Piece, Segments } from './segments.ts'

/** Connected tabs: by the rows each has, and those that have k rows and can make any other. */
export type RowHolders = { readonly rows: ReadonlyMap<number, readonly TabId[]>; readonly whole: readonly TabId[] }

export type Place = { readonly object: ObjectId; readonly chunk: number; readonly row: number }

/** A fragment of a kept row that is not in the store. */
export type Lack = {
  readonly id: BlockId
  readonly chunk: number
  readonly row: number
  /** Of the fragment, and of all places of the object where it stands: a file of zeros has one fragment many times. */
  readonly bytes: number
  readonly sumBytes: number
  /** Rows of this chunk in the store when it was asked. */
  readonly held: readonly number[]
  /** Where k other rows may come from to make it; copies are never made. */
  readonly makeFrom: 'store' | 'tabs' | 'nowhere'
}

/** Rows of an object that this device keeps. */
export type Keep = {
  readonly object: ObjectShape
  readonly rows: readonly number[]
  readonly holders: RowHolders
  /** The store was asked about the chunks before this one. */
  readonly nextChunk: number
  readonly looking: ReadonlySet<number>
  /** In the order of the object; those before `head` were asked for, those in `again` were asked for in vain. */
  readonly queue: readonly Lack[]
  readonly head: number
  readonly again: readonly Lack[]
  /** Fragments asked for, being made or being stored. */
  readonly underway: number
  readonly doneBytes: number
  readonly totalBytes: number
}

/** Object and chunk in one. */
export type ReadKey = `${ObjectId}/${number}`

/** k fragments of one chunk, for readers, or to make a fragment nobody has. */
export type Read = {
  readonly object: ObjectShape
  readonly chunk: number
  readonly holders: RowHolders
  readonly urgency: Urgency
  /** The store has not answered yet. */
  readonly isLooking: boolean
  readonly have: ReadonlySet<number>
  /** Parts did not come together: the whole is fetched from one holder. */
  readonly isStriped: boolean
  /** Fragments to make of the k when they are here. */
  readonly makes: readonly Lack[]
}
/** Somebody waits to see it; somebody will; a row is to be made. */
export type Urgency = 'urgent' | 'read' | 'make'

export type Ask = {
  readonly from: TabId
  readonly transfer: number
  readonly askedAtMs: number
  readonly isRead: boolean
  /** Late from then on; asks for kept rows have none, they are given up with a silent holder. */
  readonly deadlineMs: number
  readonly isLate: boolean
  readonly part: Part | undefined
  readonly isThere: boolean
}
export type Part = { readonly offset: number; readonly bytes: number }

/** A block asked for, being made of others, or here and on its way into the store. */
export type Underway = {
  readonly id: BlockId
  readonly bytes: number
  readonly stage: 'asked' | 'making' | 'storing'
  readonly asks: readonly Ask[]
  /** Stored so that it may go when room is needed. */
  readonly isMarked: boolean
  /** Who lacks it: objects kept, with the lack that was taken from their queue, and readers. */
  readonly keeps: ReadonlyMap<ObjectId, Lack>
  readonly reads: ReadonlySet<ReadKey>
  /** A manifest block, which its asker stores himself. */
  readonly isLoad: boolean
}

export type Holder = {
  readonly nextTransfer: number
  /** Open wants and how many of their blocks are unanswered. */
  readonly wants: ReadonlyMap<number, number>
  readonly blocks: number
  /** Owed by it, for kept rows and for readers. */
  readonly keepBytes: number
  readonly readBytes: number
  readonly rate: HolderRate
  readonly rttMs: number
  readonly blames: number
  /** It owed blocks and was silent: nothing is asked of it before. */
  readonly restsUntilMs: number
}

/** One ask for a piece. `spent`: nothing will come of it. */
export type PeekAsk = {
  readonly from: TabId
  readonly transfer: number
  readonly deadlineMs: number
  readonly stage: 'open' | 'late' | 'there' | 'spent'
}

/** A few segments of a chunk that somebody waits for before the rest of it. Pieces in the order of the chunk. */
export type Peek = {
  readonly object: ObjectShape
  readonly chunk: number
  readonly segments: Segments
  readonly holders: RowHolders
  readonly pieces: readonly (Piece & { readonly asks: readonly PeekAsk[] })[]
  /** Segments whose digest was compared. */
  readonly right: ReadonlySet<number>
}

export type FetchState = {
  /** In order of priority. */
  readonly keeps: ReadonlyMap<ObjectId, Keep>
  readonly reads: ReadonlyMap<ReadKey, Read>
  readonly peeks: ReadonlyMap<number, Peek>
  /** Chunks that somebody had a few segments of lately. */
  readonly peeked: ReadonlySet<ReadKey>
  /** When somebody last began or ended reading a chunk. */
  readonly readAtMs: number
  /** Manifest blocks somebody waits for. */
  readonly loads: ReadonlySet<BlockId>
  readonly holders: ReadonlyMap<TabId, Holder>
  readonly underway: ReadonlyMap<BlockId, Underway>
  /** When a holder last failed to give a block. */
  readonly refusals: ReadonlyMap<BlockId, ReadonlyMap<TabId, number>>
}

export type LinkFacts = { readonly heardAtMs: number; readonly rttMs: number | undefined }

export type FetchEvent =
  /** Find out what these rows lack and fetch it; said again with other rows or holders, it goes on from there. */
  | { readonly kind: 'keep'; readonly object: ObjectShape; readonly rows: readonly number[]; readonly holders: RowHolders }
  | { readonly kind: 'holders'; readonly object: ObjectId; readonly holders: RowHolders }
  | { readonly kind: 'stop'; readonly object: ObjectId }
  /** `found`: rows whose bytes are in the reader's hands; undefined: the store was not asked. */
  | {
      readonly kind: 'read'
      readonly object: ObjectShape
      readonly chunk: number
      readonly holders: RowHolders
      readonly urgent: boolean
      readonly found?: readonly number[] | undefined
    }
  /** Nobody waits for the chunk any more. */
  | { readonly kind: 'unread'; readonly object: ObjectId; readonly chunk: number }
  /** These segments ahead of their chunk. `peek`: a number of the adapter's, never used again. */
  | {
      readonly kind: 'peek'
      readonly peek: number
      readonly object: ObjectShape
      readonly chunk: number
      readonly segments: Segments
      readonly holders: RowHolders
    }
  | { readonly kind: 'unpeek'; readonly peek: number }
  /** The answer to `check`. */
  | { readonly kind: 'checked'; readonly peek: number; readonly segment: number; readonly isRight: boolean }
  | { readonly kind: 'load'; readonly id: BlockId }
  | { readonly kind: 'unload'; readonly id: BlockId }
  /** The store's answer to `look`: rows it has of each chunk. */
  | {
      readonly kind: 'found'
      readonly object: ObjectId
      readonly chunks: readonly { readonly chunk: number; readonly rows: readonly number[] }[]
    }
  /** The store's answer to `look-read`: rows whose bytes are in the reader's hands. */
  | { readonly kind: 'found-read'; readonly object: ObjectId; readonly chunk: number; readonly rows: readonly number[] }
  | { readonly kind: 'holder-here'; readonly tab: TabId; readonly rttMs: number | undefined }
  | { readonly kind: 'holder-gone'; readonly tab: TabId }
  /** A connection of the pair broke: what was on it is lost, nobody knows which blocks. */
  | { readonly kind: 'lane-lost'; readonly tab: TabId }
  /** Its hash was compared. */
  | { readonly kind: 'arrived'; readonly id: BlockId; readonly from: TabId | undefined }
  /** A part of a block came: one of several that are compared as a whole, or a piece somebody peeks at. */
  | { readonly kind: 'part'; readonly id: BlockId; readonly from: TabId; readonly transfer: number }
  /** `from` undefined: the parts of several. */
  | {
      readonly kind: 'refused'
      readonly id: BlockId
      readonly from: TabId | undefined
      readonly reason: 'missing' | 'mismatch'
      /** Of a block that is missing: in which want. */
      readonly transfer?: number | undefined
    }
  /** A block that was right told whose part of it was wrong. */
  | { readonly kind: 'blamed'; readonly from: TabId; readonly id: BlockId }
  /** The answer to `make`; `isMade` false: the fragments at hand did not give it. */
  | { readonly kind: 'made'; readonly id: BlockId; readonly isMade: boolean }
  | { readonly kind: 'stored'; readonly ids: readonly BlockId[] }
  | { readonly kind: 'store-failed'; readonly ids: readonly BlockId[]; readonly code: RoomErrorCode }
  | { readonly kind: 'tick'; readonly links: ReadonlyMap<TabId, LinkFacts> }

export type Hole = { readonly row: number; readonly chunk: number }

export type FetchEffect =
  /** Ask the store about all rows of these chunks; answer with `found`. */
  | { readonly kind: 'look'; readonly object: ObjectId; readonly chunks: readonly number[] }
  /** Take up to k fragments of the chunk out of the store for its reader; answer with `found-read`. */
  | { readonly kind: 'look-read'; readonly object: ObjectShape; readonly chunk: number }
  | {
      readonly kind: 'ask'
      readonly holder: TabId
      readonly transfer: number
      readonly blocks: readonly BlockId[]
      readonly urgent: boolean
      readonly part: Part | undefined
      /** For holders that make what they lack. */
      readonly places: readonly Place[] | undefined
    }
  | { readonly kind: 'cancel'; readonly holder: TabId; readonly transfer: number }
  /** The part that came is one of the block's, or a piece of a peek. */
  | { readonly kind: 'take-part'; readonly id: BlockId; readonly from: TabId }
  | { readonly kind: 'take-piece'; readonly peek: number; readonly piece: number }
  /** These pieces, from one to before the other, are all of the segment; answer with `checked`. */
  | {
      readonly kind: 'check'
      readonly peek: number
      readonly digests: Uint8Array
      readonly segment: number
      readonly begin: number
      readonly end: number
    }
  /** All its segments are right, or they cannot be had so: the chunk is to be read whole. */
  | { readonly kind: 'peek-done'; readonly peek: number }
  | { readonly kind: 'peek-failed'; readonly peek: number }
  /** Put the parts of the block together; answer with `arrived` or `refused`, from undefined. */
  | { readonly kind: 'join'; readonly id: BlockId }
  /** The block that arrived is this row of the chunk. */
  | { readonly kind: 'give'; readonly key: ReadKey; readonly row: number; readonly id: BlockId }
  /** k rows are given. */
  | { readonly kind: 'read-done'; readonly key: ReadKey }
  /** What was given for this chunk is not needed. */
  | { readonly kind: 'read-over'; readonly key: ReadKey }
  /** Make the fragment, of k others in the store or of those given for the chunk; answer with `made`. */
  | { readonly kind: 'make'; readonly object: ObjectShape; readonly chunk: number; readonly row: number; readonly from: 'store' | 'read' }
  /** The block that arrived or was made goes to the store; answer with `stored` or `store-failed`. */
  | { readonly kind: 'store'; readonly id: BlockId; readonly marked: boolean }
  /** It was stored marked and is to be kept now. */
  | { readonly kind: 'unmark'; readonly id: BlockId }
  /** Nobody wants the block that arrived. */
  | { readonly kind: 'drop'; readonly id: BlockId }
  /** A manifest block is here. */
  | { readonly kind: 'loaded'; readonly id: BlockId }
  /** No tab that is here could give it. */
  | { readonly kind: 'unavailable'; readonly id: BlockId }
  /** Every fragment of the rows is in the store. */
  | { readonly kind: 'kept'; readonly object: ObjectId }
  | { readonly kind: 'short'; readonly object: ObjectId; readonly holes: readonly Hole[] }
  | { readonly kind: 'failed'; readonly object: ObjectId; readonly code: RoomErrorCode }
  | { readonly kind: 'mismatch'; readonly id: BlockId; readonly from: TabId }

export type FetchStep = { readonly next: FetchState; readonly effects: readonly FetchEffect[] }

export const FETCH_START: FetchState = {
  keeps: new Map(),
  reads: new Map(),
  peeks: new Map(),
  peeked: new Set(),
  readAtMs: Number.NEGATIVE_INFINITY,
  loads: new Set(),
  holders: new Map(),
  underway: new Map(),
  refusals: new Map(),
}

export function readKey(object: ObjectId, chunk: number): ReadKey {
  return `${object}/${chunk}`
}
