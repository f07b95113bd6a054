/**
 * Erases what no file of the room needs any more, when core/storage/unwanted says that this may be. How long this device
 * has known is counted on its own clock that cannot jump, and kept across reloads.
 */
import { knownAfterAway, unwantedDeed } from '../../core/storage/unwanted.ts'
import type { ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import { type FileId, parseBlockId, type RoomId } from '../../protocol/ids.ts'
import { UNWANTED_LOOK_MS } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import type { Bin } from './bin.ts'
import type { LetGo } from './let-go.ts'
import type { ObjectIndex } from './object-index.ts'
import type { OwnHoldings } from './own-holdings.ts'
import type { SignedRecords } from './signed-records.ts'

export type EraseParts = {
  readonly room: RoomId
  readonly values: ValueStore
  readonly clock: Clock
  readonly records: SignedRecords
  readonly index: ObjectIndex
  readonly holdings: OwnHoldings
  readonly letGo: LetGo
  readonly bin: Bin
  readonly signal: AbortSignal
}

export class EraseUnwanted {
  readonly #parts: EraseParts
  /** How long this device has known that only the bin, or nothing, points at an object. */
  readonly #knownMs = new Map<ObjectId, number>()
  #countedAtMs: number
  #stop: (() => void) | undefined
  #isStarted = false

  constructor(parts: EraseParts) {
    this.#parts = parts
    this.#countedAtMs = parts.clock.monotonicMs()
    parts.signal.addEventListener('abort', () => {
      this.#stop?.()
      if (this.#isStarted) void this.#save()
    })
  }

  /** This tab leads now. */
  async start(): Promise<void> {
    if (this.#isStarted) return
    await this.#load()
    this.#isStarted = true
    this.#look()
  }

  /** The bin changed: what is new in it is known from now on. */
  heard(): void {
    if (this.#isStarted) this.#count()
  }

  #look(): void {
    const { clock, signal } = this.#parts
    if (signal.aborted) return
    this.#count()
    this.#eraseDue()
    void this.#save()
    this.#stop = clock.after(UNWANTED_LOOK_MS, () => this.#look())
  }

  #count(): void {
    const { clock, records, bin } = this.#parts
    const nowMs = clock.monotonicMs()
    const passedMs = Math.max(0, nowMs - this.#countedAtMs)
    this.#countedAtMs = nowMs
    const unwanted = new Set(this.#unwanted())
    for (const object of this.#knownMs.keys()) if (!unwanted.has(object)) this.#knownMs.delete(object)
    for (const object of unwanted) {
      const knownMs = this.#knownMs.get(object)
      this.#knownMs.set(object, knownMs === undefined ? 0 : knownMs + passedMs)
    }
    bin.seen(records.bin.entries.keys() as Iterable<FileId>)
  }

  /** Objects no file of the list points at, which are in the bin or on this disk. */
  *#unwanted(): Iterable<ObjectId> {
    const { records, index, holdings } = this.#parts
    for (const { file } of records.bin.entries.values()) if (!index.isListed(file.object)) yield file.object
    for (const object of holdings.objects()) if (!index.isWanted(object)) yield object
  }

  #eraseDue(): void {
    const { index, holdings, letGo, records } = this.#parts
    const over: FileId[] = []
    for (const [object, knownMs] of this.#knownMs) {
      const files = [...index.pointers(object)]
      const holders = [...index.holdings(object)].map(({ device }) => device)
      const seen = holders.filter((device) => files.every((file) => this.#parts.bin.hasSeen(file, device))).length
      const { kept, marked } = holdings.get(object)
      const rows = [...kept, ...marked]
      const deed = unwantedDeed({ knownMs, holders: holders.length, seen, isHeldHere: rows.length > 0 })
      if (deed === 'erase-rows') letGo.rows(object, rows, 'forget')
      if (deed !== 'drop-record') continue
      over.push(...files)
      records.plans.remove([object])
    }
    if (over.length > 0) this.#parts.bin.drop(over)
  }

  async #save(): Promise<void> {
    const { room, values, clock } = this.#parts
    const text = JSON.stringify({ savedAtMs: clock.nowMs(), known: [...this.#knownMs] })
    await values.save(`files/${room}/unwanted`, new TextEncoder().encode(text)).catch(() => undefined)
  }

  async #load(): Promise<void> {
    const { room, values, clock } = this.#parts
    const bytes = await values.load(`files/${room}/unwanted`).catch(() => undefined)
    for (const [object, knownMs] of parse(bytes, clock.nowMs())) this.#knownMs.set(object, knownMs)
    this.#countedAtMs = clock.monotonicMs()
  }
}

/** Our own writing, but a disk may give back anything. */
function parse(bytes: Uint8Array | undefined, nowMs: number): [ObjectId, number][] {
  if (bytes === undefined) return []
  try {
    const { savedAtMs, known } = JSON.parse(new TextDecoder().decode(bytes)) as { savedAtMs: number; known: [string, number][] }
    return known.flatMap(([text, knownMs]) => {
      const object = parseBlockId(text)
      return object === undefined ? [] : [[object, knownAfterAway(knownMs, savedAtMs, nowMs)] as [ObjectId, number]]
    })
  } catch {
    return []
  }
}
