/**
 * Whether the store still has what this device told the room: asked about every fragment at once, a sample read and
 * hashed, before anything of it counts again. What turns out lost or spoiled is told as a hole and made anew like any
 * row that lacks; the store reads the rest through when it is idle.
 */

import { placeInSample } from '../../core/storage/sample.ts'
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
  readonly book: Pick<ObjectBook, 'openHere'>
  readonly holdings: Pick<OwnHoldings, 'objects' | 'get' | 'set' | 'checked'>
  /** 0 to 1; which fragments are read is not for anybody to foresee. */
  readonly chance: () => number
  readonly signal: AbortSignal
}

/** Once over everything: which fragments are read is settled when all have passed by. */
export async function checkStore(parts: CheckParts): Promise<void> {
  const { blocks, holdings, chance, signal } = parts
  const sample: { readonly block: BlockId; readonly object: ObjectId }[] = []
  let passed = 0
  for (const object of [...holdings.objects()]) {
    if (signal.aborted) return
    for (const block of await checkObject(parts, object)) {
      const place = placeInSample(passed++, CHECK_SAMPLES, chance())
      if (place !== undefined) sample[place] = { block, object }
    }
  }
  const spoiled = new Set<ObjectId>()
  for (const { block, object } of sample) if ((await blocks.get(block)) === undefined) spoiled.add(object)
  // The store drops what it finds spoiled, and says so when it is asked again.
  for (const object of spoiled) await checkObject(parts, object)
  holdings.checked()
}

/** Gives the fragments that are there. */
async function checkObject({ blocks, book, holdings }: CheckParts, id: ObjectId): Promise<Iterable<BlockId>> {
  const { kept, marked } = holdings.get(id)
  const object = await book.openHere(id)
  if (object === undefined) {
    // Nothing can be said of it without its manifest. When that is here again, its rows are looked for.
    holdings.set(id, { kept: new Set(), marked: new Set(), holes: [] })
    return []
  }
  const places = placesOf(object, [...kept, ...marked])
  const held = await hasAll(blocks, [...places.keys()])
  const holes = [...places].flatMap(([block, at]) => (held.has(block) ? [] : at))
  // A marked row gave way to something else: it is gone, and nobody counts on it.
  const goneMarks = new Set(holes.map(({ row }) => row).filter((row) => marked.has(row)))
  holdings.set(id, {
    kept,
    marked: new Set([...marked].filter((row) => !goneMarks.has(row))),
    holes: holes.filter(({ row }) => kept.has(row)),
  })
  return held
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
