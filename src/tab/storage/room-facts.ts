/** What the planner is told: devices and objects of the room, from signed records, presence and links. */
import { factsOf } from '../../core/storage/device-facts.ts'
import type { RowHolders } from '../../core/storage/fetch-state.ts'
import type { DeviceFacts, ObjectFacts, RowCopy } from '../../core/storage/plan-facts.ts'
import { DEFAULT_PROFILE, type Profile, parseProfile } from '../../core/storage/profile.ts'
import { type Reachable, rowHolders, tabOfDevice } from '../../core/storage/reachable.ts'
import { isYoungRoom, whoIsHere } from '../../core/storage/who-is-here.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Links } from '../../ports/link.ts'
import type { Presence } from '../../ports/room-state.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import type { DeviceRecord, HoldingRecord, ObjectId } from '../../protocol/object.ts'
import type { ObjectBook } from './object-book.ts'
import type { ObjectIndex } from './object-index.ts'
import type { SignedRecords } from './signed-records.ts'

export type FactsParts = {
  readonly device: DeviceId
  readonly records: SignedRecords
  readonly index: ObjectIndex
  readonly book: Pick<ObjectBook, 'cut'>
  readonly presence: Presence
  readonly links: Links
  readonly clock: Clock
  /** This device's own record as it is now, told to the room or not. */
  readonly own: () => DeviceRecord | undefined
  /** When this device last saw another, by its own wall clock. */
  readonly lastSeenAtMs: (device: DeviceId) => number | undefined
}

/** Facts about devices serve this long: a room of thousands of objects is planned with one set of them. */
const FRESH_MS = 1_000

export class RoomFacts {
  readonly #parts: FactsParts
  #devices: { readonly list: readonly DeviceFacts[]; readonly atMs: number } | undefined
  #tabs: ReadonlyMap<DeviceId, TabId> | undefined

  constructor(parts: FactsParts) {
    this.#parts = parts
  }

  /** Somebody came or went, or a device said something new of itself. */
  changed(): void {
    this.#devices = undefined
    this.#tabs = undefined
  }

  here(): ReadonlySet<DeviceId> {
    const { device, presence, links } = this.#parts
    const present = [...presence.all().values()].map((record) => record.device)
    return whoIsHere(
      device,
      present,
      links.all().filter((link) => link.state !== 'closed'),
    )
  }

  devices(): readonly DeviceFacts[] {
    const { clock } = this.#parts
    const nowMs = clock.monotonicMs()
    if (this.#devices === undefined || nowMs - this.#devices.atMs > FRESH_MS) this.#devices = { list: this.#gather(), atMs: nowMs }
    return this.#devices.list
  }

  /** Undefined while nothing says how it is cut. A plan that says otherwise than the manifest is none. */
  object(id: ObjectId): ObjectFacts | undefined {
    const { records, index, book } = this.#parts
    const plan = records.plans.get(id)
    const cut = book.cut(id) ?? plan
    if (cut === undefined) return undefined
    const isSound = plan !== undefined && plan.k === cut.k && plan.rows === cut.rows && plan.bytes === cut.bytes
    const { bytes, k, rows } = cut
    const profile = parseProfile(this.profileOf(id)) as Profile
    const copies = [...index.holdings(id)].flatMap(copiesOf).filter(({ row }) => row < rows)
    return {
      id,
      bytes,
      layout: { k, rows },
      profile,
      pointers: Math.max(1, index.pointers(id).size),
      slots: isSound ? plan.slots : [],
      copies,
    }
  }

  /** As a plan may stand in any member's words: what is no profile counts as the usual one. */
  profileOf(id: ObjectId, text = this.#parts.records.plans.get(id)?.profile ?? ''): string {
    return parseProfile(text) === undefined ? DEFAULT_PROFILE : text
  }

  /** Devices that said, after checking their disk, that they are ready: claims of the others wait for that. */
  tabs(): ReadonlyMap<DeviceId, TabId> {
    this.#tabs ??= this.#reachable()
    return this.#tabs
  }

  isYoung(): boolean {
    const { clock, records, device } = this.#parts
    return isYoungRoom(device, records.devices.entries.values(), clock.nowMs())
  }

  holders(id: ObjectId, k: number): RowHolders {
    return rowHolders(this.#parts.index.holdings(id), k, this.tabs(), this.#parts.device)
  }

  #reachable(): ReadonlyMap<DeviceId, TabId> {
    const { presence, links, device } = this.#parts
    const present = presence.all()
    const ready = new Set([...present.values()].filter(({ leader }) => leader).map((record) => record.device))
    const reachable: Reachable[] = []
    for (const link of links.all()) {
      // A device that went silent is not asked: it would hold up a reader until it is given up.
      if (link.state !== 'connected' || link.isQuiet || link.device === device || !ready.has(link.device)) continue
      reachable.push({ tab: link.peer, device: link.device, leader: present.get(link.peer)?.leader === true })
    }
    return tabOfDevice(reachable)
  }

  #gather(): readonly DeviceFacts[] {
    const { device, records, links, clock, own, lastSeenAtMs } = this.#parts
    const nowMs = clock.nowMs()
    const here = this.here()
    const rtt = new Map<DeviceId, number | undefined>(links.all().map((link) => [link.device, link.rttMs]))
    const known = new Map<DeviceId, DeviceRecord>([...records.devices.entries.values()].map((record) => [record.device, record]))
    const self = own()
    if (self !== undefined) known.set(device, self)
    return [...known.values()].map((record) => {
      const isHere = here.has(record.device)
      const seenAtMs = Math.max(record.atMs, lastSeenAtMs(record.device) ?? 0)
      const rttMs = record.device === device ? 0 : rtt.get(record.device)
      return factsOf(record, { isHere, awayMs: isHere ? 0 : Math.max(0, nowMs - seenAtMs), rttMs }, nowMs)
    })
  }
}

/** Rows with holes are not whole: they count when the holes are filled. */
export function copiesOf({ device, rows, marked, holes }: HoldingRecord): readonly RowCopy[] {
  const broken = new Set(holes.map(({ row }) => row))
  const whole = (row: number) => !broken.has(row)
  return [
    ...rows.filter(whole).map((row): RowCopy => ({ row, device, state: 'kept' })),
    ...marked.filter((row) => whole(row) && !rows.includes(row)).map((row): RowCopy => ({ row, device, state: 'marked' })),
  ]
}
