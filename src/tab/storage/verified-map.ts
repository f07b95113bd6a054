/**
 * A map of the room's document as far as its records are signed by whom they name. Checking takes a moment, so a record
 * counts a little after it came; meanwhile the one before it does. What somebody forged, replayed or took away is
 * written again by the leading tab that knows better, but not more often than once in a while for each.
 */
import { judgeRecord } from '../../core/storage/judge-record.ts'
import type { Clock } from '../../ports/clock.ts'
import type { VerifySignature } from '../../ports/keys.ts'
import type { RecordMap } from '../../ports/room-state.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { RECORDS_CHECKED_AT_ONCE, RESTORE_MS } from '../../protocol/limits.ts'
import { nextTurn } from './in-turns.ts'
import { isSameRecord } from './same-record.ts'

export type RecordKind<T> = {
  readonly signer: (record: T) => DeviceId
  readonly claim: (record: T) => Bytes
  readonly signature: (record: T) => Bytes
  /** Of two records under one key the higher counts; kinds without number are written once. */
  readonly sequence: (record: T) => number
  /** A higher one does not count. */
  readonly sequenceMax: (nowMs: number) => number
  /** The key is the one the content names. */
  readonly isInPlace: (key: string, record: T) => boolean
  /** Somebody took it out: it is put back. */
  readonly stays: (key: string, record: T) => boolean
}

export type VerifiedParts = {
  readonly clock: Clock
  readonly verify: VerifySignature
  readonly self: DeviceId
  /** This tab puts back what others forged. */
  readonly isGuard: () => boolean
  readonly signal: AbortSignal
  /** What is to be checked before anything of this map. */
  readonly before?: () => Promise<void>
}

export class VerifiedMap<T> {
  readonly #map: RecordMap<T>
  readonly #kind: RecordKind<T>
  readonly #parts: VerifiedParts
  readonly #good = new Map<string, T>()
  readonly #listeners = new Set<(keys: ReadonlySet<string>) => void>()
  readonly #restoredAtMs = new Map<string, number>()
  #waiting = new Set<string>()
  #checking: Promise<void> | undefined

  constructor(map: RecordMap<T>, kind: RecordKind<T>, parts: VerifiedParts) {
    this.#map = map
    this.#kind = kind
    this.#parts = parts
    const stop = map.subscribe((keys) => this.#look(keys))
    parts.signal.addEventListener('abort', stop, { once: true })
    this.#look(new Set(map.entries().keys()))
  }

  get(key: string): T | undefined {
    return this.#good.get(key)
  }

  /** Live, not a snapshot. */
  get entries(): ReadonlyMap<string, T> {
    return this.#good
  }

  /** Resolves when all that came so far was checked. */
  async settled(): Promise<void> {
    while (this.#checking !== undefined) await this.#checking
  }

  /** Records signed by this very device: they count at once. */
  write(records: ReadonlyMap<string, T>): void {
    if (records.size === 0) return
    for (const [key, record] of records) this.#good.set(key, record)
    this.#map.setMany(records)
    this.#tell(new Set(records.keys()))
  }

  remove(keys: readonly string[]): void {
    const gone = keys.filter((key) => this.#good.delete(key) || this.#map.get(key) !== undefined)
    if (gone.length === 0) return
    this.#map.deleteMany(gone)
    this.#tell(new Set(gone))
  }

  subscribe(listener: (keys: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #look(keys: ReadonlySet<string>): void {
    const gone = new Set<string>()
    for (const key of keys) {
      const known = this.#good.get(key)
      const found = this.#map.get(key)
      if (found !== undefined && known !== undefined && isSameRecord(found, known)) continue
      if (found !== undefined) this.#waiting.add(key)
      else if (known !== undefined && this.#parts.isGuard() && this.#kind.stays(key, known)) this.#restore(key, undefined)
      else if (known !== undefined) {
        this.#good.delete(key)
        gone.add(key)
      }
    }
    if (gone.size > 0) this.#tell(gone)
    if (this.#waiting.size > 0) this.#checking ??= this.#check()
  }

  async #check(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#parts.signal.aborted) {
      await this.#parts.before?.()
      const keys = firstOf(this.#waiting, RECORDS_CHECKED_AT_ONCE)
      for (const key of keys) this.#waiting.delete(key)
      const taken = await Promise.all(keys.map((key) => this.#judge(key)))
      const news = new Set(keys.filter((_, i) => taken[i]))
      if (news.size > 0) this.#tell(news)
      if (this.#waiting.size > 0) await nextTurn(this.#parts.clock)
    }
    this.#checking = undefined
  }

  /** Gives whether something else counts now. */
  async #judge(key: string): Promise<boolean> {
    const { claim, signature, signer, sequence, sequenceMax, isInPlace } = this.#kind
    const record = this.#map.get(key)
    if (record === undefined) return false
    const isGenuine = isInPlace(key, record) && (await this.#parts.verify(signer(record), claim(record), signature(record)))
    // What came meanwhile has its own turn.
    if (this.#map.get(key) !== record) return false
    const known = this.#good.get(key)
    const incoming = { isGenuine, sequence: sequence(record), sequenceMax: sequenceMax(this.#parts.clock.nowMs()) }
    const verdict = judgeRecord(known && { sequence: sequence(known) }, incoming)
    if (verdict === 'restore') this.#restore(key, record)
    if (verdict !== 'take') return false
    this.#good.set(key, record)
    return true
  }

  /** `bad`: what stands in its place. Something else that came meanwhile is judged first. */
  #restore(key: string, bad: T | undefined): void {
    const { clock, isGuard, signal } = this.#parts
    const sinceMs = clock.monotonicMs() - (this.#restoredAtMs.get(key) ?? Number.NEGATIVE_INFINITY)
    clock.after(Math.max(0, RESTORE_MS - sinceMs), () => {
      const known = this.#good.get(key)
      if (known === undefined || this.#map.get(key) !== bad || !isGuard() || signal.aborted) return
      this.#restoredAtMs.set(key, clock.monotonicMs())
      this.#map.setMany(new Map([[key, known]]))
    })
  }

  #tell(keys: ReadonlySet<string>): void {
    for (const listener of [...this.#listeners]) listener(keys)
  }
}

function firstOf(keys: Iterable<string>, count: number): string[] {
  const first: string[] = []
  for (const key of keys) {
    if (first.length === count) break
    first.push(key)
  }
  return first
}
