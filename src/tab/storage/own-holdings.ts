/**
 * What this device has of each object, as its store answered, and what the room is told of it: signed, many at a time.
 * Only the leading tab writes; what it says of a loss goes out with the next batch like any other news.
 */
import type { Clock } from '../../ports/clock.ts'
import type { DeviceKey } from '../../ports/keys.ts'
import type { RoomId } from '../../protocol/ids.ts'
import { ANNOUNCE_MS, HOLES } from '../../protocol/limits.ts'
import { type HoldingRecord, holdingClaim, holdingKey, type ObjectId } from '../../protocol/object.ts'
import { inTurns } from './in-turns.ts'
import type { ObjectIndex } from './object-index.ts'
import type { VerifiedMap } from './verified-map.ts'

export type Hole = HoldingRecord['holes'][number]

export type Holding = {
  readonly kept: ReadonlySet<number>
  readonly marked: ReadonlySet<number>
  readonly holes: readonly Hole[]
}

export type OwnParts = {
  readonly room: RoomId
  readonly deviceKey: DeviceKey
  readonly clock: Clock
  readonly index: ObjectIndex
  readonly holdings: VerifiedMap<HoldingRecord>
  readonly signal: AbortSignal
  readonly announced: () => void
}

const NOTHING: Holding = { kept: new Set(), marked: new Set(), holes: [] }

export class OwnHoldings {
  readonly #parts: OwnParts
  /** News not told yet, and told but not yet in the map; null: withdrawn. */
  readonly #news = new Map<ObjectId, Holding | null>()
  #checkedAtMs = 0
  #stop: (() => void) | undefined
  #telling: Promise<void> = Promise.resolve()
  #toldAtMs = Number.NEGATIVE_INFINITY

  constructor(parts: OwnParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', () => this.#stop?.(), { once: true })
  }

  get(object: ObjectId): Holding {
    const news = this.#news.get(object)
    if (news !== undefined) return news ?? NOTHING
    const told = this.#parts.index.holding(object, this.#parts.deviceKey.id)
    return told === undefined ? NOTHING : { kept: new Set(told.rows), marked: new Set(told.marked), holes: told.holes }
  }

  /** Rows that are here whole: kept and marked, without those with holes. */
  whole(object: ObjectId): ReadonlySet<number> {
    const { kept, marked, holes } = this.get(object)
    const broken = new Set(holes.map(({ row }) => row))
    return new Set([...kept, ...marked].filter((row) => !broken.has(row)))
  }

  *objects(): Iterable<ObjectId> {
    const { index, deviceKey } = this.#parts
    for (const [object, holding] of this.#news) if (holding !== null) yield object
    for (const object of index.heldObjects()) {
      if (!this.#news.has(object) && index.holding(object, deviceKey.id) !== undefined) yield object
    }
  }

  /** Rows with too many holes to name are withdrawn. Nothing at all is a withdrawal too. */
  set(object: ObjectId, { kept, marked, holes }: Holding): void {
    const broken = holes.length > HOLES ? new Set(holes.map(({ row }) => row)) : new Set<number>()
    const sound = (row: number) => !broken.has(row)
    const next: Holding = {
      kept: new Set([...kept].filter(sound)),
      marked: new Set([...marked].filter((row) => sound(row) && !kept.has(row))),
      holes: holes.filter(({ row }) => sound(row) && (kept.has(row) || marked.has(row))),
    }
    const isNothing = next.kept.size === 0 && next.marked.size === 0
    if (isSame(this.get(object), next)) return
    this.#news.set(object, isNothing ? null : next)
    this.#tellSoon()
  }

  addKept(object: ObjectId, rows: Iterable<number>): void {
    const { kept, marked, holes } = this.get(object)
    const added = new Set(rows)
    this.set(object, {
      kept: new Set([...kept, ...added]),
      marked: new Set([...marked].filter((row) => !added.has(row))),
      holes: holes.filter(({ row }) => !added.has(row)),
    })
  }

  /** The store was asked about everything just now. */
  checked(): void {
    this.#checkedAtMs = this.#parts.clock.nowMs()
  }

  /** Resolves when the room has been told everything. */
  async told(): Promise<void> {
    this.#stop?.()
    await this.#tell()
  }

  #tellSoon(): void {
    const { clock } = this.#parts
    this.#stop ??= clock.after(Math.max(0, this.#toldAtMs + ANNOUNCE_MS - clock.monotonicMs()), () => void this.#tell())
  }

  #tell(): Promise<void> {
    this.#stop = undefined
    this.#telling = this.#telling.then(() => this.#tellNow())
    return this.#telling
  }

  async #tellNow(): Promise<void> {
    const { holdings, deviceKey, clock, announced } = this.#parts
    this.#toldAtMs = clock.monotonicMs()
    const news = [...this.#news]
    if (news.length === 0) return
    const records = await inTurns(clock, news, async ([object, holding]) => holding && this.#sign(object, holding))
    const said = records.filter((record) => record !== null)
    holdings.write(new Map(said.map((record) => [holdingKey(record.object, record.device), record])))
    holdings.remove(news.filter(([, holding]) => holding === null).map(([object]) => holdingKey(object, deviceKey.id)))
    // What changed again while it was signed is told the next time.
    for (const [object, holding] of news) if (this.#news.get(object) === holding) this.#news.delete(object)
    if (this.#news.size > 0) this.#tellSoon()
    announced()
  }

  async #sign(object: ObjectId, { kept, marked, holes }: Holding): Promise<HoldingRecord> {
    const { room, deviceKey, index, clock } = this.#parts
    const before = index.holding(object, deviceKey.id)
    const claim = {
      object,
      device: deviceKey.id,
      rows: [...kept].sort(byNumber),
      marked: [...marked].sort(byNumber),
      holes: [...holes],
      checkedAtMs: this.#checkedAtMs || clock.nowMs(),
      // From the clock, so that a record from before a withdrawal never counts again.
      sequence: Math.max((before?.sequence ?? 0) + 1, clock.nowMs()),
    }
    return { ...claim, signature: await deviceKey.sign(holdingClaim(room, claim)) }
  }
}

function byNumber(a: number, b: number): number {
  return a - b
}

function isSame(a: Holding, b: Holding): boolean {
  const text = ({ kept, marked, holes }: Holding) =>
    `${[...kept].sort(byNumber)};${[...marked].sort(byNumber)};${holes.map(({ row, chunk }) => `${row}/${chunk}`)}`
  return text(a) === text(b)
}
