/**
 * Repairs and tends plans: when a device is lost, comes, fills up, or a wish changes, every leading tab works out the
 * same answer, and the one whose turn it is writes it; the next wait in case it does not. Nobody has to be asked, and of
 * two who write at once all go on from one.
 */
import { repairRank } from '../../core/storage/rank-repairers.ts'
import { PLAN_SETTLE_MS, PLAN_TURN_MS, PLANS_AGAIN_MS, PLANS_AT_ONCE, SLICE_MS } from '../../protocol/limits.ts'
import type { ObjectId, PlanRecord } from '../../protocol/object.ts'
import type { ObjectIndex } from './object-index.ts'
import { type PlanDraft, type PlanParts, replan, signPlan } from './plan-writer.ts'

export type TendParts = PlanParts & { readonly index: ObjectIndex; readonly signal: AbortSignal }

export class PlanObjects {
  isReady = false
  readonly #parts: TendParts
  /** When each is due; in no order, since ranks differ. */
  readonly #due = new Map<ObjectId, number>()
  #stop: (() => void) | undefined
  #stopRound: (() => void) | undefined
  #isBusy = false

  constructor(parts: TendParts) {
    this.#parts = parts
    parts.signal.addEventListener('abort', () => {
      this.#stop?.()
      this.#stopRound?.()
    })
  }

  /** Something that the plans of these objects stand on changed. */
  touch(objects: Iterable<ObjectId>): void {
    if (!this.isReady) return
    const { clock, facts, deviceKey } = this.#parts
    const here = facts.here()
    const nowMs = clock.monotonicMs()
    for (const object of objects) {
      if (!this.#due.has(object)) this.#due.set(object, nowMs + PLAN_SETTLE_MS + PLAN_TURN_MS * repairRank(object, here, deviceKey.id))
    }
    this.#soon(PLAN_SETTLE_MS)
  }

  /** All of them, and again in a while: that somebody is lost is told by nothing but time. */
  touchAll(): void {
    this.touch(this.#parts.index.objects())
    this.#stopRound?.()
    this.#stopRound = this.#parts.clock.after(PLANS_AGAIN_MS, () => this.touchAll())
  }

  #soon(delayMs: number): void {
    if (this.#isBusy || this.#due.size === 0 || this.#parts.signal.aborted) return
    this.#stop ??= this.#parts.clock.after(delayMs, () => {
      this.#stop = undefined
      void this.#run()
    })
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts
    this.#isBusy = true
    const startedMs = clock.monotonicMs()
    const drafts: PlanDraft[] = []
    let nextMs = Number.POSITIVE_INFINITY
    for (const [object, dueMs] of this.#due) {
      if (dueMs > startedMs) {
        nextMs = Math.min(nextMs, dueMs)
        continue
      }
      this.#due.delete(object)
      const draft = this.#parts.index.isWanted(object) ? replan(this.#parts, object) : undefined
      if (draft !== undefined) drafts.push(draft)
      if (drafts.length >= PLANS_AT_ONCE || clock.monotonicMs() - startedMs > SLICE_MS) {
        nextMs = startedMs
        break
      }
    }
    if (drafts.length > 0) await this.#write(drafts)
    this.#isBusy = false
    this.#soon(Math.max(0, Math.min(nextMs, startedMs + PLANS_AGAIN_MS) - clock.monotonicMs()))
  }

  async #write(drafts: readonly PlanDraft[]): Promise<void> {
    const { records, signal } = this.#parts
    const before = new Map(drafts.map(({ object }) => [object, records.plans.get(object)]))
    const plans = await Promise.all(drafts.map((draft) => signPlan(this.#parts, draft)))
    // Somebody was faster: his plan is looked at next.
    const isStill = ({ object }: PlanRecord) => records.plans.get(object) === before.get(object)
    if (!signal.aborted) records.plans.write(new Map(plans.filter(isStill).map((plan) => [plan.object, plan])))
  }
}
