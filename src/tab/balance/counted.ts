/** How techniques did on this device since it last told the relay, and the telling: once a day, some minutes into a call, by chance. */
import type { ClientProfile } from '../../core/balance/client-profile.ts'
import { type Counts, sumOf } from '../../core/balance/shared-counts.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Technique } from '../../protocol/balance.ts'
import { COUNTERS_TOLD_AFTER_MS, COUNTERS_TOLD_EVERY_MS } from '../../protocol/limits.ts'
import { askPriors, tellCounts } from './counters.ts'

/** What is kept of it from visit to visit. */
export type Told = { readonly atMs: number; readonly counts: Counts }

export type CountedParts = {
  readonly origin: string
  readonly client: ClientProfile
  readonly clock: Clock
  /** Between 0 and 1. */
  readonly draw: number
  readonly signal: AbortSignal
  readonly onChange: () => void
}

export class Counted {
  /** What others of its kind found; nothing until the relay answered. */
  priors: Counts = new Map()
  #told: Told
  readonly #parts: CountedParts

  constructor(told: Told, parts: CountedParts) {
    this.#told = told
    this.#parts = parts
    const { origin, client, clock, signal, draw } = parts
    void askPriors(origin, client, signal).then((priors) => {
      this.priors = priors
    })
    const stop = clock.after(COUNTERS_TOLD_AFTER_MS * (1 + draw), () => void this.#tell())
    signal.addEventListener('abort', stop)
  }

  get told(): Told {
    return this.#told
  }

  note(technique: Technique, hasWorked: boolean): void {
    const count = { succeeded: hasWorked ? 1 : 0, failed: hasWorked ? 0 : 1 }
    this.#told = { ...this.#told, counts: sumOf(this.#told.counts, new Map([[technique, count]])) }
  }

  /** What happens while it is told counts for the next time. */
  async #tell(): Promise<void> {
    const { origin, client, clock, signal, onChange } = this.#parts
    const nowMs = clock.nowMs()
    if (nowMs - this.#told.atMs < COUNTERS_TOLD_EVERY_MS) return
    const { counts } = this.#told
    this.#told = { atMs: this.#told.atMs, counts: new Map() }
    const isTold = await tellCounts(origin, client, counts, signal)
    this.#told = isTold ? { ...this.#told, atMs: nowMs } : { ...this.#told, counts: sumOf(counts, this.#told.counts) }
    onChange()
  }
}
