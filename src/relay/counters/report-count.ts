/**
 * How many reports came from each address in a day, so that one cannot speak for all. Addresses are hashed with a key that
 * lives as long as the process, and forgotten each day.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { COUNTER_DAY_MS, COUNTER_REPORTS_PER_ADDRESS, RELAY_ADDRESSES_COUNTED } from '../../protocol/relay-limits.ts'

export class ReportCount {
  readonly #key = randomBytes(32)
  readonly #counts = new Map<string, number>()
  #dayStartMs = 0

  /** Counts it, or counts nothing and gives false. When too many addresses were counted nobody else may report that day. */
  take(address: string, nowMs: number): boolean {
    if (nowMs - this.#dayStartMs >= COUNTER_DAY_MS) {
      this.#counts.clear()
      this.#dayStartMs = nowMs
    }
    const name = createHmac('sha256', this.#key).update(address).digest('base64url')
    const count = this.#counts.get(name) ?? 0
    if (count >= COUNTER_REPORTS_PER_ADDRESS || (count === 0 && this.#counts.size >= RELAY_ADDRESSES_COUNTED)) return false
    this.#counts.set(name, count + 1)
    return true
  }
}
