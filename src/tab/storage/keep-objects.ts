/**
 * Keeps this device's rows what the plans say: fetches what is lacking, takes marked rows back into use, announces what
 * is whole, lets go of what is surplus. Only the leading tab of a device does this, and only after its store was
 * checked; thousands of objects are gone through in slices, so that no frame is missed.
 */
import type { Hole, RowHolders } from '../../core/storage/fetch-state.ts'
import { ownRows, type RowDeeds } from '../../core/storage/own-rows.ts'
import type { ObjectFacts } from '../../core/storage/plan-facts.ts'
import { planObject } from '../../core/storage/plan-object.ts'
import { canFetch } from '../../core/storage/reachable.ts'
import type { Clock } from '../../ports/clock.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { KEEPS_ACTIVE, SLICE_MS } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import type { FragmentFetcher } from './fetch-fragments.ts'
import type { LetGo } from './let-go.ts'
import type { ObjectBook } from './object-book.ts'
import type { ObjectIndex } from './object-index.ts'
import type { ObjectWishes } from './object-wishes.ts'
import { OpenManifests } from './open-manifests.ts'
import type { OwnHoldings } from './own-holdings.ts'
import type { RoomFacts } from './room-facts.ts'

export type KeepParts = {
  readonly device: DeviceId
  readonly clock: Clock
  readonly book: ObjectBook
  readonly index: ObjectIndex
  readonly facts: RoomFacts
  readonly holdings: OwnHoldings
  readonly fetcher: FragmentFetcher
  readonly letGo: LetGo
  readonly wishes: ObjectWishes
  readonly signal: AbortSignal
  readonly notify: (code: RoomErrorCode, detail: string) => void
  readonly changed: (object: ObjectId) => void
}

type Lacking = { readonly rows: readonly number[]; readonly k: number }
type Active = { readonly rows: readonly number[]; readonly k: number; holders: RowHolders }

export class KeepObjects {
  /** This tab leads its device and the store was checked. */
  isReady = false
  readonly failed = new Map<ObjectId, RoomErrorCode>()
  /** Of objects not being fetched at the moment. */
  readonly doneBytes = new Map<ObjectId, number>()
  readonly #parts: KeepParts
  readonly #dirty = new Set<ObjectId>()
  readonly #lacking = new Map<ObjectId, Lacking>()
  readonly #active = new Map<ObjectId, Active>()
  /** Objects whose keep ended for want of holders: they rest until somebody comes. */
  readonly #resting = new Set<ObjectId>()
  readonly #manifests: OpenManifests
  /** Lacking, and worth a try now. */
  readonly #ready = new Set<ObjectId>()
  #stopSlice: (() => void) | undefined
  #stopResting: (() => void) | undefined

  constructor(parts: KeepParts) {
    this.#parts = parts
    this.#manifests = new OpenManifests({ ...parts, opened: (object) => this.touch([object]) })
    parts.signal.addEventListener('abort', () => {
      this.#stopSlice?.()
      this.#stopResting?.()
    })
  }

  /** Rows that shall be here and are not, for the list. */
  lacking(object: ObjectId): number {
    return this.#lacking.get(object)?.rows.length ?? 0
  }

  isActive(object: ObjectId): boolean {
    return this.#active.has(object)
  }

  touch(objects: Iterable<ObjectId>): void {
    for (const object of objects) this.#dirty.add(object)
    if (this.isReady && this.#dirty.size > 0) this.#stopSlice ??= this.#parts.clock.after(0, () => this.#slice())
  }

  touchAll(): void {
    this.touch(this.#parts.index.objects())
    this.touch(this.#parts.holdings.objects())
  }

  /** Somebody came or went: what is being fetched, and what rests, has other holders now. */
  holdersChanged(): void {
    for (const [object, active] of this.#active) this.#refresh(object, active)
    this.#manifests.retry()
    this.touch(this.#resting)
  }

  /** Somebody announced rows of these. */
  holdersOf(objects: Iterable<ObjectId>): void {
    for (const object of objects) {
      const active = this.#active.get(object)
      if (active !== undefined) this.#refresh(object, active)
    }
  }

  retry(object: ObjectId): void {
    this.failed.delete(object)
    this.#resting.delete(object)
    this.touch([object])
  }

  stop(object: ObjectId): void {
    const keep = this.#parts.fetcher.state.keeps.get(object)
    if (keep !== undefined) this.doneBytes.set(object, keep.doneBytes)
    if (!this.#active.delete(object)) return
    this.#parts.fetcher.stop(object)
    this.#pumpSoon()
  }

  /** From the fetcher. */
  kept(object: ObjectId): void {
    const active = this.#active.get(object)
    this.#active.delete(object)
    this.doneBytes.delete(object)
    this.failed.delete(object)
    if (active !== undefined) this.#parts.holdings.addKept(object, active.rows)
    this.#lacking.delete(object)
    this.touch([object])
    this.#pumpSoon()
  }

  /** The store lacks something of rows being fetched, which matters when they were announced. */
  short(object: ObjectId, holes: readonly Hole[]): void {
    const { holdings } = this.#parts
    const before = holdings.get(object)
    const news = holes.filter(
      ({ row, chunk }) => before.kept.has(row) && !before.holes.some((hole) => hole.row === row && hole.chunk === chunk),
    )
    if (news.length > 0) holdings.set(object, { ...before, holes: [...before.holes, ...news] })
  }

  failedWith(object: ObjectId, code: RoomErrorCode): void {
    this.#active.delete(object)
    this.failed.set(object, code)
    this.#parts.notify(code, `object ${object}`)
    this.#parts.changed(object)
    this.#pumpSoon()
  }

  #slice(): void {
    const { clock } = this.#parts
    const startedMs = clock.monotonicMs()
    this.#stopSlice = undefined
    for (const object of this.#dirty) {
      this.#dirty.delete(object)
      this.#judge(object)
      if (clock.monotonicMs() - startedMs > SLICE_MS) break
    }
    if (this.#dirty.size > 0) this.touch([])
    this.#pump()
  }

  #judge(object: ObjectId): void {
    const { index, facts, holdings, book } = this.#parts
    // What is in the bin stays as it is: nothing is fetched for it.
    const isListed = index.isListed(object)
    const known = isListed ? facts.object(object) : undefined
    if (isListed && book.cut(object) === undefined && !book.isBroken(object)) this.#manifests.want(object)
    if (!isListed) this.#manifests.unwant(object)
    if (known === undefined || book.isBroken(object)) {
      this.stop(object)
      this.#lacking.delete(object)
      return
    }
    const deeds = this.#deeds(known)
    const rows = [...deeds.lacking, ...deeds.revive]
    if (rows.length > 0) this.#lack(object, rows, known.layout.k)
    else if (this.#lacking.delete(object)) this.stop(object)
    if (deeds.surplus.length > 0 && rows.length === 0) this.#letGo(known)
    else if (this.#parts.letGo.isWaiting(object)) this.#parts.letGo.cancel(object)
    if (holdings.get(object).holes.length > 0) this.failed.delete(object)
    this.#parts.changed(object)
  }

  #deeds({ id, layout, slots, copies }: ObjectFacts): RowDeeds {
    const { device, holdings, wishes } = this.#parts
    const keepers = new Map<number, Set<DeviceId>>()
    for (const copy of copies) {
      if (copy.state === 'kept') keepers.set(copy.row, (keepers.get(copy.row) ?? new Set()).add(copy.device))
    }
    const own = holdings.get(id)
    const broken = new Set(own.holes.map(({ row }) => row))
    const whole = (rows: ReadonlySet<number>) => new Set([...rows].filter((row) => !broken.has(row)))
    return ownRows({ device, k: layout.k, slots, keepers, isPinned: wishes.isPinned(id), kept: whole(own.kept), marked: whole(own.marked) })
  }

  #lack(object: ObjectId, rows: readonly number[], k: number): void {
    const before = this.#lacking.get(object)
    const lacking: Lacking = { rows, k }
    this.#lacking.set(object, lacking)
    if (before?.rows.join() !== rows.join()) {
      this.#resting.delete(object)
      if (this.#active.has(object)) this.stop(object)
    }
    this.#readyWhenDue(object, lacking)
  }

  /** The planner knows best what is spare: it counts what would be left. */
  #letGo(known: ObjectFacts): void {
    const { device, facts, letGo, clock } = this.#parts
    const { mark } = planObject(known, facts.devices(), { self: device, nowMs: clock.nowMs() })
    const rows = mark.filter((copy) => copy.device === device).map(({ row }) => row)
    if (rows.length > 0) letGo.rows(known.id, rows, this.#parts.wishes.isReleasing() ? 'drop' : 'mark')
  }

  #pumpSoon(): void {
    queueMicrotask(() => this.#pump())
  }

  /** In the order found, which is that of the files: a late comer fills up from the beginning. */
  #pump(): void {
    if (!this.isReady || this.#parts.signal.aborted) return
    for (const object of this.#ready) {
      if (this.#active.size >= KEEPS_ACTIVE) return
      this.#ready.delete(object)
      const lacking = this.#lacking.get(object)
      if (lacking !== undefined && !this.#active.has(object)) void this.#start(object, lacking)
    }
  }

  /** What cannot be had, or is not wanted now, is not looked at again and again. */
  #readyWhenDue(object: ObjectId, { rows, k }: Lacking): void {
    const { wishes, facts } = this.#parts
    if (this.#active.has(object) || this.failed.has(object) || wishes.isHeld(object)) return
    if (this.#resting.has(object)) {
      const holders = facts.holders(object, k)
      if (!rows.some((row) => canFetch(row, k, holders))) return
      this.#resting.delete(object)
    }
    this.#ready.add(object)
  }

  async #start(object: ObjectId, { rows, k }: Lacking): Promise<void> {
    const { book, fetcher, facts } = this.#parts
    const active: Active = { rows, k, holders: facts.holders(object, k) }
    this.#resting.delete(object)
    this.#active.set(object, active)
    try {
      const shape = await book.open(object)
      // Stopped, or of other rows by now.
      if (this.#active.get(object) !== active) return
      fetcher.keep(shape, rows, active.holders)
      if (!this.#canGive(active)) this.#restSoon()
      this.#parts.changed(object)
    } catch {
      if (this.#active.get(object) === active) this.#rest(object)
    }
  }

  #canGive({ rows, k, holders }: Active): boolean {
    return rows.some((row) => canFetch(row, k, holders))
  }

  #refresh(object: ObjectId, active: Active): void {
    const { facts, fetcher } = this.#parts
    active.holders = facts.holders(object, active.k)
    fetcher.holders(object, active.holders)
    if (!this.#canGive(active)) this.#restSoon()
  }

  /** An object nobody here can give keeps no other waiting: the store was asked, and it rests until somebody comes. */
  #restSoon(): void {
    this.#stopResting ??= this.#parts.clock.after(REST_AFTER_MS, () => {
      this.#stopResting = undefined
      for (const [object, active] of [...this.#active]) if (!this.#canGive(active)) this.#rest(object)
    })
  }

  #rest(object: ObjectId): void {
    this.#resting.add(object)
    this.stop(object)
    this.#parts.changed(object)
  }
}

/** Long enough for the store to say what it has. */
const REST_AFTER_MS = 1_000
