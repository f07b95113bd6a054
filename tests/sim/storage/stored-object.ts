/**
 * One object in a simulated room: which rows lie on which disk, the plan as it stands, and what moving rows has cost.
 * It does what stores and transfers do and decides nothing.
 */
import type { Layout } from '../../../src/core/storage/layout.ts'
import type { ObjectFacts, Plan, RowCopy, Slot } from '../../../src/core/storage/plan-facts.ts'
import type { Profile } from '../../../src/core/storage/profile.ts'
import { countBits } from '../../../src/core/storage/row-spread.ts'
import type { DeviceId } from '../../../src/protocol/ids.ts'
import type { ObjectId } from '../../../src/protocol/object.ts'

/** Rows as bits. */
type Disk = { kept: number; marked: number }

export class StoredObject {
  readonly #id: ObjectId
  readonly #bytes: number
  readonly #profile: Profile
  readonly layout: Layout
  readonly disks = new Map<DeviceId, Disk>()
  slots: readonly Slot[] = []
  /** In sizes of the object. */
  moved = 0
  /** Disks that are gone while their rows still stand in the room's books. */
  readonly #silent = new Set<DeviceId>()

  /** Whoever adds it has all data rows. */
  constructor(id: ObjectId, bytes: number, profile: Profile, layout: Layout, adder: DeviceId) {
    this.#id = id
    this.#bytes = bytes
    this.#profile = profile
    this.layout = layout
    this.disks.set(adder, { kept: (1 << layout.k) - 1, marked: 0 })
  }

  facts(): ObjectFacts {
    const copies: RowCopy[] = []
    for (const [device, { kept, marked }] of this.disks) {
      for (let row = 0; row < this.layout.rows; row++) {
        if ((kept & (1 << row)) !== 0) copies.push({ row, device, state: 'kept' })
        else if ((marked & (1 << row)) !== 0) copies.push({ row, device, state: 'marked' })
      }
    }
    const { slots, layout } = this
    return { id: this.#id, bytes: this.#bytes, profile: this.#profile, layout, pointers: 1, slots, copies }
  }

  follow(plan: Plan): void {
    this.slots = plan.slots
    for (const { row, device } of plan.mark) this.#put(device, row, 'marked')
    for (const { row, device } of plan.revive) this.#put(device, row, 'kept')
  }

  isHeld({ row, device }: Slot): boolean {
    return ((this.disks.get(device)?.kept ?? 0) & (1 << row)) !== 0
  }

  get pending(): readonly Slot[] {
    return this.slots.filter((slot) => !this.isHeld(slot))
  }

  /** Marked rows are as good to read as kept ones. */
  rowsOn(device: DeviceId): number {
    const disk = this.disks.get(device)
    return disk === undefined ? 0 : disk.kept | disk.marked
  }

  /**
   * A row comes to its device, if those that are here can give it: as it is, made by one that has enough, or made by the
   * device itself from k rows.
   */
  fetch(slot: Slot, here: Iterable<DeviceId>): boolean {
    const { k } = this.layout
    let all = 0
    let isGiven = false
    for (const device of here) {
      const rows = this.rowsOn(device)
      all |= rows
      isGiven ||= (rows & (1 << slot.row)) !== 0 || countBits(rows) >= k
    }
    if (!isGiven && countBits(all) < k) return false
    this.moved += isGiven ? 1 / k : 1
    this.#put(slot.device, slot.row, 'kept')
    return true
  }

  /** Known: what was on it is struck from the books. Otherwise it looks like a device that is away. */
  lose(device: DeviceId, isKnown: boolean): void {
    if (isKnown) this.disks.delete(device)
    else this.#silent.add(device)
  }

  dropMarked(device: DeviceId): void {
    const disk = this.disks.get(device)
    if (disk !== undefined) disk.marked = 0
  }

  /** Of what lies on disks that are not gone, in sizes of the object. */
  get sizes(): { readonly kept: number; readonly marked: number } {
    const sum = { kept: 0, marked: 0 }
    for (const [device, disk] of this.disks) {
      if (this.#silent.has(device)) continue
      sum.kept += countBits(disk.kept) / this.layout.k
      sum.marked += countBits(disk.marked) / this.layout.k
    }
    return sum
  }

  get isLost(): boolean {
    let all = 0
    for (const [device, { kept, marked }] of this.disks) if (!this.#silent.has(device)) all |= kept | marked
    return countBits(all) < this.layout.k
  }

  isReadableBy(here: Iterable<DeviceId>): boolean {
    let all = 0
    for (const device of here) all |= this.rowsOn(device)
    return countBits(all) >= this.layout.k
  }

  #put(device: DeviceId, row: number, state: 'kept' | 'marked'): void {
    const disk = this.disks.get(device) ?? { kept: 0, marked: 0 }
    disk.kept &= ~(1 << row)
    disk.marked &= ~(1 << row)
    disk[state] |= 1 << row
    this.disks.set(device, disk)
  }
}
