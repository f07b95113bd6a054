/**
 * Which rows a simulated device keeps and which plans it writes: the real decisions of core, carried out as the adapters
 * of a tab do, on records without signatures.
 */
import { isStuck } from '../../src/core/storage/assign.ts'
import type { FetchEvent, FetchState, RowHolders } from '../../src/core/storage/fetch-state.ts'
import type { DeviceFacts, ObjectFacts, RowCopy } from '../../src/core/storage/plan-facts.ts'
import { repairRank } from '../../src/core/storage/rank-repairers.ts'
import { rowHolders } from '../../src/core/storage/reachable.ts'
import type { DeviceId, TabId } from '../../src/protocol/ids.ts'
import { KEEPS_ACTIVE, PLAN_SETTLE_MS, PLAN_TURN_MS, REFUSED_FOR_MS } from '../../src/protocol/limits.ts'
import type { HoldingRecord, ObjectId } from '../../src/protocol/object.ts'
import type { Brain } from './brain.ts'
import type { SimClaims } from './sim-claims.ts'
import type { SimDisk } from './sim-disk.ts'
import { type Library, rowIds, type SimObject } from './sim-library.ts'

export type KeeperParts = {
  readonly brain: Brain
  readonly device: DeviceId
  readonly disk: SimDisk
  readonly library: Library
  readonly claims: SimClaims
  readonly fetching: () => FetchState
  readonly fetch: (event: FetchEvent) => void
  /** Connected tabs, one per device. */
  readonly tabs: () => ReadonlyMap<DeviceId, TabId>
  readonly nowMs: () => number
  readonly after: (delayMs: number, label: string, happen: () => void) => void
}

const FREE_BYTES = 2 ** 40

export class SimKeeper {
  readonly #parts: KeeperParts
  /** Objects nobody could give, until when. */
  readonly #resting = new Map<ObjectId, number>()
  readonly #planning = new Set<ObjectId>()
  #checkedAtMs = Number.NEGATIVE_INFINITY

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  /** Something waits for time to pass. */
  get isWaiting(): boolean {
    return this.#resting.size > 0
  }

  get checkedAtMs(): number {
    return this.#checkedAtMs
  }

  objects(): SimObject[] {
    const { claims, library } = this.#parts
    return claims.records.every('object').flatMap(({ object }) => library.get(object) ?? [])
  }

  /** What this device said it has and has not is taken back before anything else, and what it has and did not say is said. */
  check(): void {
    const { claims, disk } = this.#parts
    for (const object of this.objects()) {
      const { rows, marked } = claims.get(object.id)
      const whole = (row: number) => rowIds(object, row).every((id) => disk.has(id))
      const all = Array.from({ length: object.k === 1 ? 1 : object.rows }, (_, row) => row).filter(whole)
      const claim = { rows: new Set(all.filter((row) => rows.has(row))), marked: new Set(all.filter((row) => !rows.has(row))) }
      if (claim.rows.size < rows.size || claim.marked.size !== marked.size) claims.set(object.id, claim)
    }
    claims.tell()
    this.#checkedAtMs = this.#parts.nowMs()
  }

  facts(object: SimObject): ObjectFacts {
    const { records } = this.#parts.claims
    const copies = this.#holdings(object.id).flatMap(({ device, rows, marked }): RowCopy[] => [
      ...rows.map((row) => ({ row, device, state: 'kept' as const })),
      ...marked.map((row) => ({ row, device, state: 'marked' as const })),
    ])
    const { id, bytes, k, rows, profile } = object
    return { id, bytes, layout: { k, rows }, profile, pointers: 1, slots: records.get('plan', id)?.slots ?? [], copies }
  }

  devices(): readonly DeviceFacts[] {
    const { claims, tabs, device, nowMs } = this.#parts
    const here = tabs()
    return claims.records.every('device').map(({ device: id, atMs }) => {
      const isHere = id === device || here.has(id)
      const awayMs = isHere ? 0 : Math.max(0, nowMs() - atMs)
      return {
        id,
        isHere,
        awayMs,
        segment: undefined,
        rttMs: 1,
        availability: 0.5,
        lossPerDay: 0.001,
        freeBytes: FREE_BYTES,
        isVisitor: false,
      }
    })
  }

  refresh(): void {
    for (const object of this.objects()) {
      this.#keep(object)
      this.#planLater(object)
    }
  }

  /** Every fragment of the rows is on the disk. */
  kept(id: ObjectId): void {
    const object = this.#parts.library.get(id)
    if (object === undefined) return
    const { rows, marked } = this.#parts.claims.get(id)
    const lacking = this.#deeds(object).lacking
    const all = new Set([...rows, ...lacking])
    this.#parts.claims.set(id, { rows: all, marked: new Set([...marked].filter((row) => !all.has(row))) })
  }

  #keep(object: SimObject): void {
    const { fetching, fetch, claims, disk, nowMs } = this.#parts
    const { lacking, revive, surplus } = this.#deeds(object)
    const before = claims.get(object.id)
    if (revive.length > 0) {
      disk.mark(
        revive.flatMap((row) => rowIds(object, row)),
        false,
      )
      claims.set(object.id, {
        rows: new Set([...before.rows, ...revive]),
        marked: new Set([...before.marked].filter((row) => !revive.includes(row))),
      })
      return
    }
    const keep = fetching().keeps.get(object.id)
    if (keep !== undefined && isStuck(fetching(), object.id, nowMs())) {
      this.#resting.set(object.id, nowMs() + REFUSED_FOR_MS)
      fetch({ kind: 'stop', object: object.id })
      return
    }
    if (lacking.length > 0) this.#fetchRows(object, lacking)
    else {
      if (keep !== undefined) fetch({ kind: 'stop', object: object.id })
      if (surplus.length > 0) this.#letGo(object, this.#spare(object, surplus))
    }
  }

  #fetchRows(object: SimObject, rows: readonly number[]): void {
    const { fetching, fetch, nowMs } = this.#parts
    const isActive = fetching().keeps.has(object.id)
    if (!isActive && (fetching().keeps.size >= KEEPS_ACTIVE || nowMs() < (this.#resting.get(object.id) ?? 0))) return
    this.#resting.delete(object.id)
    fetch({ kind: 'keep', object, rows, holders: this.#holders(object) })
    if (isActive) fetch({ kind: 'holders', object: object.id, holders: this.#holders(object) })
  }

  /** The planner has the last word: it counts what would be left. */
  #spare(object: SimObject, surplus: readonly number[]): readonly number[] {
    const { brain, device, nowMs } = this.#parts
    const { mark } = brain.plan(this.facts(object), this.devices(), { self: device, nowMs: nowMs() })
    return surplus.filter((row) => mark.some((copy) => copy.device === device && copy.row === row))
  }

  #letGo(object: SimObject, surplus: readonly number[]): void {
    const { claims, disk, fetching } = this.#parts
    if (surplus.length === 0) return
    const { rows, marked } = claims.get(object.id)
    const staying = new Set<string>()
    for (const other of this.objects()) {
      const kept = [...claims.get(other.id).rows].filter((row) => other !== object || !surplus.includes(row))
      // What is on its way in was found here, as far as it was.
      const coming = fetching().keeps.get(other.id)?.rows ?? []
      for (const row of [...kept, ...coming]) for (const id of rowIds(other, row)) staying.add(id)
    }
    const ids = surplus.flatMap((row) => rowIds(object, row)).filter((id) => !staying.has(id))
    claims.set(object.id, { rows: new Set([...rows].filter((row) => !surplus.includes(row))), marked: new Set([...marked, ...surplus]) })
    // Told before it may go.
    claims.tell()
    disk.mark(ids, true)
  }

  #deeds(object: SimObject) {
    const { brain, device, claims } = this.#parts
    const { slots, copies } = this.facts(object)
    const keepers = new Map<number, Set<DeviceId>>()
    for (const copy of copies) {
      if (copy.state === 'kept') keepers.set(copy.row, (keepers.get(copy.row) ?? new Set()).add(copy.device))
    }
    const { rows, marked } = claims.get(object.id)
    return brain.ownRows({ device, k: object.k, slots, keepers, isPinned: false, kept: rows, marked })
  }

  #holdings(id: ObjectId): HoldingRecord[] {
    return this.#parts.claims.records.every('holding').filter(({ object }) => object === id) as unknown as HoldingRecord[]
  }

  #holders(object: SimObject): RowHolders {
    return rowHolders(this.#holdings(object.id), object.k, this.#parts.tabs(), this.#parts.device)
  }

  #planLater(object: SimObject): void {
    const { device, tabs, after } = this.#parts
    if (this.#planning.has(object.id)) return
    this.#planning.add(object.id)
    const rank = repairRank(object.id, [...tabs().keys(), device], device)
    after(PLAN_SETTLE_MS + rank * PLAN_TURN_MS, 'plan', () => {
      this.#planning.delete(object.id)
      this.plan(object)
    })
  }

  plan(object: SimObject): void {
    const { brain, claims, device, nowMs } = this.#parts
    const facts = this.facts(object)
    const { slots } = brain.plan(facts, this.devices(), { self: device, nowMs: nowMs() })
    if (slots !== facts.slots && slots.length > 0) claims.write([[`plan ${object.id}`, { t: 'plan', object: object.id, slots }]])
  }
}
