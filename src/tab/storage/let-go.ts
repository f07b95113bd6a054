/**
 * Lets go of rows: marks them, or erases them. Equal chunks of two objects are one fragment, so whatever another row of
 * this device stands on stays. Many objects are let go of together, since that is one walk over everything held.
 */

import type { OpenObject } from '../../pipeline/manifest.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { BlockId } from '../../protocol/ids.ts'
import { LET_GO_CHUNKS } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { ADDING_LOCK } from './add-file.ts'
import type { ObjectBook } from './object-book.ts'
import type { OwnHoldings } from './own-holdings.ts'

export type LetGoParts = {
  readonly blocks: BlockStore
  readonly book: ObjectBook
  readonly holdings: OwnHoldings
  /** Rows on their way in: fragments found here already count as theirs. */
  readonly coming: () => ReadonlyMap<ObjectId, { readonly rows: readonly number[] }>
  readonly locks: LockManager | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly done: () => void
}

/** `mark`: usable until room is needed. `drop`: erased. `forget`: erased with all of its manifest. */
export type Deed = 'mark' | 'drop' | 'forget'

const TOGETHER_MS = 500
const LOCKED_AGAIN_MS = 5_000

type Doomed = { readonly deed: Deed; readonly rows: ReadonlySet<number> }

export class LetGo {
  readonly #parts: LetGoParts
  readonly #waiting = new Map<ObjectId, Doomed>()
  #stop: (() => void) | undefined
  #isBusy = false

  constructor(parts: LetGoParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', () => this.#stop?.(), { once: true })
  }

  rows(object: ObjectId, rows: Iterable<number>, deed: Deed): void {
    this.#waiting.set(object, { deed, rows: new Set(rows) })
    this.#soon(TOGETHER_MS)
  }

  isWaiting(object: ObjectId): boolean {
    return this.#waiting.has(object)
  }

  /** It is wanted after all. */
  cancel(object: ObjectId): void {
    this.#waiting.delete(object)
  }

  #soon(delayMs: number): void {
    if (this.#isBusy || this.#waiting.size === 0 || this.#parts.signal.aborted) return
    this.#stop ??= this.#parts.clock.after(delayMs, () => void this.#run())
  }

  /** Not queued for: a lock that waits alone would keep every new file waiting behind it. */
  async #run(): Promise<void> {
    const { locks } = this.#parts
    this.#stop = undefined
    this.#isBusy = true
    let isLocked = false
    const act = async (lock: Lock | null) => {
      isLocked = lock === null
      if (!isLocked) await this.#letGoOfSome()
    }
    try {
      if (locks === undefined) await this.#letGoOfSome()
      else await locks.request(ADDING_LOCK, { ifAvailable: true }, act)
    } catch {
      // A store that fails now is asked again with the next.
      isLocked = true
    }
    this.#isBusy = false
    this.#soon(isLocked ? LOCKED_AGAIN_MS : 0)
  }

  async #letGoOfSome(): Promise<void> {
    const { book, done } = this.#parts
    const taken: { readonly object: OpenObject; readonly doomed: Doomed }[] = []
    let chunks = 0
    for (const [id, doomed] of [...this.#waiting]) {
      if (chunks > LET_GO_CHUNKS) break
      const object = await book.openHere(id)
      if (object === undefined) this.#waiting.delete(id)
      else taken.push({ object, doomed })
      chunks += object?.chunks.length ?? 0
    }
    if (taken.length === 0) return
    const ids = new Map(taken.map(({ object, doomed }) => [object.id, idsOf(object, doomed)]))
    await this.#sparing(new Map(taken.map(({ object, doomed }) => [object.id, doomed])), ids)
    for (const { object, doomed } of taken) {
      // Cancelled while it was looked for.
      if (this.#waiting.get(object.id) !== doomed) continue
      await this.#carryOut(object.id, doomed, ids.get(object.id) ?? new Set())
      this.#waiting.delete(object.id)
    }
    done()
  }

  /** Takes out of the doomed what rows that stay stand on. */
  async #sparing(doomed: ReadonlyMap<ObjectId, Doomed>, ids: ReadonlyMap<ObjectId, Set<BlockId>>): Promise<void> {
    const { book, holdings } = this.#parts
    const cuts = new Set([...doomed.keys()].map((id) => book.cut(id)?.k))
    for (const other of holdings.objects()) {
      const going = doomed.get(other)
      // Rows of other widths have other fragments; pages of manifests are shared only between equal layouts too.
      if (going?.deed === 'forget' || !cuts.has(book.cut(other)?.k ?? -1)) continue
      const { kept, marked } = holdings.get(other)
      const staying = [...kept, ...(going?.deed === 'mark' ? [] : marked)].filter((row) => going?.rows.has(row) !== true)
      const object = await book.openHere(other)
      if (object === undefined) continue
      const spared = [...fragmentsOf(object, staying), ...object.blocks]
      for (const own of ids.values()) for (const id of spared) own.delete(id)
    }
  }

  /** Looked at last of all: what is found from now on is found marked, or not at all. */
  async #sparingComing(ids: Set<BlockId>): Promise<readonly BlockId[]> {
    const { book, coming } = this.#parts
    for (const [other, { rows }] of coming()) {
      const object = await book.openHere(other)
      for (const id of object === undefined ? [] : [...fragmentsOf(object, rows), ...object.blocks]) ids.delete(id)
    }
    return [...ids]
  }

  async #carryOut(object: ObjectId, { deed, rows }: Doomed, ids: Set<BlockId>): Promise<void> {
    const { blocks, holdings, book } = this.#parts
    const { kept, marked, holes } = holdings.get(object)
    const staying = new Set([...kept].filter((row) => !rows.has(row)))
    // The room is told first: a claim that is not true any more must not outlive its fragments.
    if (deed === 'mark') {
      holdings.set(object, { kept: staying, marked: new Set([...marked, ...[...kept].filter((row) => rows.has(row))]), holes })
      await holdings.told()
      await blocks.mark(await this.#sparingComing(ids), true)
      return
    }
    holdings.set(object, { kept: staying, marked: new Set([...marked].filter((row) => !rows.has(row))), holes })
    await holdings.told()
    await blocks.delete(await this.#sparingComing(ids))
    if (deed === 'forget') book.forget(object)
  }
}

function idsOf(object: OpenObject, { deed, rows }: Doomed): Set<BlockId> {
  return new Set([...fragmentsOf(object, rows), ...(deed === 'forget' ? object.blocks : [])])
}

function* fragmentsOf({ chunks }: OpenObject, rows: Iterable<number>): Iterable<BlockId> {
  const list = [...rows]
  for (const { ids } of chunks) {
    for (const row of list) {
      const id = ids[row]
      if (id !== undefined) yield id
    }
  }
}
