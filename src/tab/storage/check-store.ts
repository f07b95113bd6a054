/**
 * Whether the store still has what this device told the room: asked about every fragment at once, a sample read and
 * hashed, before anything of it counts again. What turns out lost or spoiled is told as a hole and made anew like any
 * row that lacks; the store reads the rest through when it is idle.
 */
import { heldRows, unfailing } from '../../pipeline/held-rows.ts'
import type { OpenObject } from '../../pipeline/manifest.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { CHECK_SAMPLES, LOOK_FRAGMENTS } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { wholeRows } from './complete-rows.ts'
import type { ObjectBook } from './object-book.ts'
import type { Hole, OwnHoldings } from './own-holdings.ts'

export type CheckParts = {
  readonly blocks: BlockStore
  readonly book: ObjectBook
  readonly holdings: OwnHoldings
  /** 0 to 1; which fragments are read is not for anybody to foresee. */
  readonly chance: () => number
  readonly signal: AbortSignal
}

export type Checked = { readonly fragments: number; readonly lost: number }

export async function checkStore(parts: CheckParts): Promise<Checked> {
  const { holdings, book, signal } = parts
  const objects = [...holdings.objects()]
  let fragments = 0
  for (const id of objects) fragments += (await book.openHere(id))?.chunks.length ?? 0
  const readChance = fragments === 0 ? 0 : CHECK_SAMPLES / fragments
  let lost = 0
  for (const id of objects) {
    if (signal.aborted) break
    lost += await checkObject(parts, id, readChance)
  }
  holdings.checked()
  return { fragments, lost }
}

/** Gives how many fragments are not there. */
export async function checkObject({ blocks, book, holdings, chance }: CheckParts, id: ObjectId, readChance: number): Promise<number> {
  const { kept, marked } = holdings.get(id)
  const object = await book.openHere(id)
  if (object === undefined) {
    // Nothing can be said of it without its manifest. When that is here again, its rows are looked for.
    holdings.set(id, { kept: new Set(), marked: new Set(), holes: [] })
    return 0
  }
  const places = placesOf(object, [...kept, ...marked])
  const held = await hasAll(blocks, [...places.keys()])
  const lost: BlockId[] = []
  for (const block of places.keys()) {
    const isThere = held.has(block) && (chance() >= readChance || (await blocks.get(block)) !== undefined)
    if (!isThere) lost.push(block)
  }
  const holes = lost.flatMap((block) => places.get(block) ?? [])
  // A marked row gave way to something else: it is gone, and nobody counts on it.
  const goneMarks = new Set(holes.map(({ row }) => row).filter((row) => marked.has(row)))
  holdings.set(id, {
    kept,
    marked: new Set([...marked].filter((row) => !goneMarks.has(row))),
    holes: holes.filter(({ row }) => kept.has(row)),
  })
  return lost.length
}

function placesOf({ chunks }: OpenObject, rows: readonly number[]): Map<BlockId, Hole[]> {
  const places = new Map<BlockId, Hole[]>()
  for (const [chunk, { ids }] of chunks.entries()) {
    for (const row of rows) {
      const id = ids[row]
      if (id === undefined) continue
      const before = places.get(id)
      if (before === undefined) places.set(id, [{ row, chunk }])
      else before.push({ row, chunk })
    }
  }
  return places
}

/** A store that does not answer has nothing. */
async function hasAll(blocks: BlockStore, ids: readonly BlockId[]): Promise<ReadonlySet<BlockId>> {
  const there = new Set<BlockId>()
  for (let at = 0; at < ids.length; at += LOOK_FRAGMENTS) {
    const some = ids.slice(at, at + LOOK_FRAGMENTS)
    const held = await blocks.has(some).catch(() => [])
    for (const [i, id] of some.entries()) if (held[i] === true) there.add(id)
  }
  return there
}

/**
 * Rows that lie in the store whole and were never told of: a crash came between, or they came with another object. They
 * are told as marked, and the plan says whether they are kept.
 */
export async function findForgotten({ blocks, book, holdings, signal }: CheckParts, objects: Iterable<ObjectId>): Promise<void> {
  for (const id of objects) {
    if (signal.aborted) return
    const object = await book.openHere(id)
    if (object === undefined || object.chunks.length === 0) continue
    const rows = wholeRows(await heldRows(unfailing(blocks), object, [...object.chunks.keys()]), object)
    const { kept, marked, holes } = holdings.get(id)
    const found = [...rows].filter((row) => !kept.has(row) && !marked.has(row))
    if (found.length > 0) holdings.set(id, { kept, marked: new Set([...marked, ...found]), holes })
  }
}
