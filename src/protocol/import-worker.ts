/**
 * Tab and import worker: a file becomes blocks off the main thread. Both ends are ours. The worker sends blocks in
 * batches and waits for their receipts, so a file of any size takes the same memory.
 */
import type { Bytes } from './bytes.ts'
import type { BlockId } from './ids.ts'
import type { StoredBlock } from './storage-worker.ts'

/** `Data` is a Blob; both ends say so, since this layer knows no browser. */
export type ImportRequest<Data> =
  | { readonly t: 'import'; readonly id: number; readonly data: Data | null }
  /** Answer to `pull`, when the data is no Blob; null ends it. */
  | { readonly t: 'chunk'; readonly id: number; readonly bytes: Bytes | null }
  /** The batch is in the store; send another. */
  | { readonly t: 'receipt'; readonly id: number }
  | { readonly t: 'stop'; readonly id: number }

export type ImportReport =
  | { readonly t: 'pull'; readonly id: number }
  /** `doneBytes`: bytes of the file in this batch and all before it. */
  | { readonly t: 'blocks'; readonly id: number; readonly blocks: readonly StoredBlock[]; readonly doneBytes: number }
  /** After the receipt of the last batch. */
  | { readonly t: 'done'; readonly id: number; readonly root: BlockId; readonly bytes: number }
  | { readonly t: 'failed'; readonly id: number; readonly detail: string }
