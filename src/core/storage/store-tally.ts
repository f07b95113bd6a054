/**
 * What a device's store keeps, counted exactly. Every store works by these figures, in memory or on disk: what may come
 * in, what goes to make room for it, and what the count is afterwards. Only fragments are ever marked.
 */
import type { BlockId } from '../../protocol/ids.ts'
import type { Shelf } from '../../protocol/storage-worker.ts'

export type Sum = { readonly count: number; readonly bytes: number }

export type Tally = {
  /** Rises with every change, so that a store that went back in time is told from one that did not. */
  readonly sequence: number
  readonly fragment: Sum
  readonly manifest: Sum
  /** Of the fragments, those that go when room is needed. */
  readonly marked: Sum
  /** Marks are numbered in the order they were set: clocks jump, numbers do not. */
  readonly nextMark: number
}

/** `mark` is absent on what is kept for good. */
export type Entry = { readonly id: BlockId; readonly bytes: number; readonly mark?: number }

export const EMPTY_TALLY: Tally = {
  sequence: 0,
  fragment: { count: 0, bytes: 0 },
  manifest: { count: 0, bytes: 0 },
  marked: { count: 0, bytes: 0 },
  nextMark: 1,
}

export function keptBytes({ fragment, manifest }: Tally): number {
  return fragment.bytes + manifest.bytes
}

export type PutPlan =
  | {
      readonly kind: 'admitted'
      /** To be written, in this form. */
      readonly fresh: readonly Entry[]
      /** There already and now kept for good; to be written in this form. */
      readonly unmarked: readonly Entry[]
      /** Marked fragments of at least so many bytes have to go in the same transaction, none of the batch among them. */
      readonly lackBytes: number
      readonly spared: ReadonlySet<BlockId>
      /** After the batch is in, before anything went. */
      readonly tally: Tally
    }
  | { readonly kind: 'refused'; readonly reason: 'quota-exceeded' }

export type PutWish = { readonly shelf: Shelf; readonly marked: boolean; readonly quotaBytes: number }

/** `held`: the entries of the batch that are on the shelf already. */
export function planPut(
  tally: Tally,
  { shelf, marked, quotaBytes }: PutWish,
  blocks: readonly { readonly id: BlockId; readonly bytes: number }[],
  held: ReadonlyMap<BlockId, Entry>,
): PutPlan {
  const isMarked = marked && shelf === 'fragment'
  const news = new Map(blocks.filter(({ id }) => !held.has(id)).map((block) => [block.id, block]))
  const fresh = [...news.values()].map(({ id, bytes }, index) => (isMarked ? { id, bytes, mark: tally.nextMark + index } : { id, bytes }))
  const alreadyMarked = [...held.values()].filter((entry) => entry.mark !== undefined)
  const unmarked = isMarked ? [] : alreadyMarked.map(({ id, bytes }) => ({ id, bytes }))

  const lackBytes = Math.max(0, keptBytes(tally) + bytesOf(fresh) - quotaBytes)
  // Putting what is there already takes no room, however full the store is.
  const isNeeded = fresh.length > 0 && lackBytes > 0
  if (isNeeded && lackBytes > tally.marked.bytes - bytesOf(alreadyMarked)) return { kind: 'refused', reason: 'quota-exceeded' }

  const added = withAdded(tally, shelf, fresh)
  const marks = withMarks(added, unmarked.length === 0 ? [] : alreadyMarked, -1)
  // Only fragments are erased for others: what is put here again is not.
  const spared = new Set(shelf === 'fragment' ? held.keys() : [])
  return { kind: 'admitted', fresh, unmarked, lackBytes: isNeeded ? lackBytes : 0, spared, tally: marks }
}

/** Which of the marked go, the longest marked first; `spared` stay whatever their turn. */
export function chooseErased(marked: Iterable<Entry>, lackBytes: number, spared: ReadonlySet<BlockId>): readonly Entry[] {
  const erased: Entry[] = []
  let bytes = 0
  for (const entry of marked) {
    if (bytes >= lackBytes) break
    if (spared.has(entry.id)) continue
    erased.push(entry)
    bytes += entry.bytes
  }
  return erased
}

/** Entries as they are to be written, or none when nothing changes; `held` are those that are there. */
export function planMarks(
  tally: Tally,
  held: readonly Entry[],
  marked: boolean,
): { readonly entries: readonly Entry[]; readonly tally: Tally } {
  const changed = held.filter((entry) => (entry.mark !== undefined) !== marked)
  if (changed.length === 0) return { entries: [], tally }
  const entries = changed.map(({ id, bytes }, index) => (marked ? { id, bytes, mark: tally.nextMark + index } : { id, bytes }))
  return { entries, tally: withMarks(tally, marked ? entries : changed, marked ? 1 : -1) }
}

export function withRemoved(tally: Tally, shelf: Shelf, entries: readonly Entry[]): Tally {
  if (entries.length === 0) return tally
  const marked = entries.filter((entry) => entry.mark !== undefined)
  return {
    ...tally,
    sequence: tally.sequence + 1,
    [shelf]: change(tally[shelf], entries, -1),
    marked: change(tally.marked, marked, -1),
  }
}

/**
 * Whether an opened store is the one that was left. `witnessed` is how far it is known to have come, as told by something
 * that does not fail with it. Numbers go on behind both, so that the same loss is not found again.
 */
export function judgeStore(
  tally: Tally,
  { witnessed = 0, hasGeneration }: { readonly witnessed: number | undefined; readonly hasGeneration: boolean },
): { readonly isWhole: boolean; readonly tally: Tally } {
  if (hasGeneration && tally.sequence >= witnessed) return { isWhole: true, tally }
  return { isWhole: false, tally: { ...tally, sequence: Math.max(tally.sequence, witnessed) + 1 } }
}

/** The tally of what is really there, after damage: sequence and numbering go on. */
export function recounted(tally: Tally, fragments: readonly Entry[], manifests: readonly Entry[]): Tally {
  const marked = fragments.filter((entry) => entry.mark !== undefined)
  return {
    sequence: tally.sequence + 1,
    fragment: sumOf(fragments),
    manifest: sumOf(manifests),
    marked: sumOf(marked),
    nextMark: marked.reduce((next, { mark = 0 }) => Math.max(next, mark + 1), tally.nextMark),
  }
}

function withAdded(tally: Tally, shelf: Shelf, entries: readonly Entry[]): Tally {
  if (entries.length === 0) return tally
  const added = { ...tally, sequence: tally.sequence + 1, [shelf]: change(tally[shelf], entries, 1) }
  return withMarks(
    added,
    entries.filter((entry) => entry.mark !== undefined),
    1,
  )
}

function withMarks(tally: Tally, entries: readonly Entry[], sign: 1 | -1): Tally {
  if (entries.length === 0) return tally
  return {
    ...tally,
    sequence: tally.sequence + 1,
    marked: change(tally.marked, entries, sign),
    nextMark: sign === 1 ? tally.nextMark + entries.length : tally.nextMark,
  }
}

function sumOf(entries: readonly Entry[]): Sum {
  return { count: entries.length, bytes: bytesOf(entries) }
}

function change(sum: Sum, entries: readonly Entry[], sign: 1 | -1): Sum {
  return { count: sum.count + sign * entries.length, bytes: sum.bytes + sign * bytesOf(entries) }
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((bytes, entry) => bytes + entry.bytes, 0)
}
