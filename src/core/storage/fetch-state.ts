/**
 * What a tab knows while it fetches files: which blocks each lacks, who holds the file, what was asked of whom. Only the
 * few files being walked stand here, and only blocks under way are in maps, so a step costs the same in a room of ten
 * files and of ten thousand.
 */
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId, FileId, TabId } from '../../protocol/ids.ts'

/** `bytes`: bytes of the file in the block itself, 0 for a node. `depth`: nodes above it. */
export type Lacking = { readonly id: BlockId; readonly bytes: number; readonly depth: number }

/** A child as its parent names it; `bytes`: bytes of the file under it. */
export type Child = { readonly id: BlockId; readonly bytes: number }

/** What the store answered about a block; `children` of a node that is held. */
export type Found = { readonly id: BlockId; readonly held: boolean; readonly children?: readonly Child[] | undefined }

export type FetchFile = {
  readonly id: FileId
  readonly bytes: number
  /** Tabs that hold the file and are connected, one per device. */
  readonly holders: readonly TabId[]
  /** Blocks known to be lacking, in the order of the file; those before `head` were asked for. */
  readonly queue: readonly Lacking[]
  readonly head: number
  /** Asked before and not given: asked again first. */
  readonly again: readonly Lacking[]
  /** Fetched ahead of their turn because somebody was waiting. */
  readonly early: ReadonlySet<BlockId>
  /** Blocks the store was asked about and has not answered, with what we know of them. */
  readonly looking: ReadonlyMap<BlockId, Lacking>
  readonly underway: number
  readonly doneBytes: number
  /** Blocks met so far, held or not; bounded by FILE_BLOCKS. */
  readonly blocks: number
  /** Something was lacking: what this device announced about the file before is not true. */
  readonly isShort: boolean
}

/** A block asked for (`from` a holder) or arrived and on its way into the store (`from` undefined). */
export type Underway = {
  readonly id: BlockId
  readonly depth: number
  readonly from: TabId | undefined
  readonly transfer: number
  readonly askedAtMs: number
  /** Files that lack it, and how many of their bytes it is. */
  readonly files: ReadonlyMap<FileId, number>
  /** Set when somebody waits for it. */
  readonly urgent: Urgent | undefined
}

export type Holder = {
  readonly nextTransfer: number
  /** Open wants and how many of their blocks are unanswered. */
  readonly wants: ReadonlyMap<number, number>
  readonly blocks: number
}

/** A block somebody waits for. Its file need not be one that is being walked. */
export type Urgent = { readonly id: BlockId; readonly file: FileId; readonly holders: readonly TabId[] }

export type FetchState = {
  /** In order of priority. */
  readonly files: ReadonlyMap<FileId, FetchFile>
  readonly holders: ReadonlyMap<TabId, Holder>
  readonly underway: ReadonlyMap<BlockId, Underway>
  readonly urgent: readonly Urgent[]
  /** When a holder last failed to give a block. */
  readonly refusals: ReadonlyMap<BlockId, ReadonlyMap<TabId, number>>
}

export type FetchEvent =
  /** Walk a file: find out what is lacking and fetch it. */
  | { readonly kind: 'file'; readonly id: FileId; readonly root: BlockId; readonly bytes: number; readonly holders: readonly TabId[] }
  | { readonly kind: 'holders'; readonly id: FileId; readonly holders: readonly TabId[] }
  /** Paused, cancelled or taken out of the room: its wants are cancelled. */
  | { readonly kind: 'stop'; readonly id: FileId }
  | { readonly kind: 'found'; readonly file: FileId; readonly found: readonly Found[] }
  | { readonly kind: 'holder-here'; readonly tab: TabId }
  | { readonly kind: 'holder-gone'; readonly tab: TabId }
  /** Came from a holder and its hash is right; it is on its way into the store. `children` of a node. */
  | { readonly kind: 'arrived'; readonly id: BlockId; readonly from: TabId; readonly children?: readonly Child[] | undefined }
  | { readonly kind: 'stored'; readonly ids: readonly BlockId[] }
  /** The store refused them: the disk is full, or gone. */
  | { readonly kind: 'store-failed'; readonly ids: readonly BlockId[]; readonly code: RoomErrorCode }
  | { readonly kind: 'refused'; readonly id: BlockId; readonly from: TabId; readonly reason: 'missing' | 'mismatch' }
  /** Somebody is reading and waits for this block. */
  | { readonly kind: 'needed'; readonly id: BlockId; readonly file: FileId; readonly holders: readonly TabId[] }
  /** `heardAtMs`: when each holder last sent a frame. */
  | { readonly kind: 'tick'; readonly heardAtMs: ReadonlyMap<TabId, number> }

export type FetchEffect =
  /** Ask the store; answer with `found`, reading the children of nodes it holds. */
  | { readonly kind: 'look'; readonly file: FileId; readonly ids: readonly BlockId[] }
  | {
      readonly kind: 'ask'
      readonly holder: TabId
      readonly transfer: number
      readonly blocks: readonly BlockId[]
      readonly urgent: boolean
    }
  | { readonly kind: 'cancel'; readonly holder: TabId; readonly transfer: number }
  /** Every block of the file is in the store. */
  | { readonly kind: 'complete'; readonly file: FileId }
  /** The device announced this file and lacks something of it. */
  | { readonly kind: 'short'; readonly file: FileId }
  | { readonly kind: 'failed'; readonly file: FileId; readonly code: RoomErrorCode }
  /** No holder that is here could give a block somebody waits for. */
  | { readonly kind: 'unavailable'; readonly id: BlockId; readonly file: FileId }
  | { readonly kind: 'mismatch'; readonly id: BlockId; readonly from: TabId }

export type FetchStep = { readonly next: FetchState; readonly effects: readonly FetchEffect[] }

export const FETCH_START: FetchState = { files: new Map(), holders: new Map(), underway: new Map(), urgent: [], refusals: new Map() }

/** Our trees have two kinds of blocks: raw leaves and dag-pb nodes; the codec is in the first letters of a CIDv1 of SHA-256. */
export function isLeaf(id: BlockId): boolean {
  return id.startsWith('bafkrei')
}

export function isNode(id: BlockId): boolean {
  return id.startsWith('bafybei')
}
