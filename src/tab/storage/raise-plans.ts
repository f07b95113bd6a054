/**
 * Plans of bytes that the room has already, put again with a stronger wish. Two who write at once know nothing of each
 * other, so what was wished for here is wished again when the plan of another, no newer than ours, took its place; a plan
 * that goes on from ours was made by somebody who knew.
 */
import { isStronger } from '../../core/storage/profile-strength.ts'
import type { ObjectId, PlanRecord } from '../../protocol/object.ts'
import { type PlanParts, planFor, signPlan } from './plan-writer.ts'
import { profileOf } from './profile-of.ts'

export class RaisePlans {
  readonly #parts: PlanParts & { readonly signal: AbortSignal }
  /** Plans of this tab, until somebody goes on from them. */
  readonly #written = new Map<ObjectId, PlanRecord>()

  constructor(parts: PlanParts & { readonly signal: AbortSignal }) {
    this.#parts = parts
    const stop = parts.records.plans.subscribe((objects) => this.#look(objects as ReadonlySet<ObjectId>))
    parts.signal.addEventListener('abort', stop, { once: true })
  }

  /** A plan for this wish; undefined: the one there is asks for as much. */
  async raised(object: ObjectId, profile: string): Promise<PlanRecord | undefined> {
    const { records, facts } = this.#parts
    if (records.plans.get(object) === undefined) return undefined
    if (!isStronger(profileOf(profile), profileOf(facts.profileOf(object)))) return undefined
    const draft = planFor(this.#parts, object, profile)
    return draft && signPlan(this.#parts, draft)
  }

  write(plan: PlanRecord): void {
    this.#written.set(plan.object, plan)
    this.#parts.records.plans.write(new Map([[plan.object, plan]]))
  }

  #look(objects: ReadonlySet<ObjectId>): void {
    const { plans } = this.#parts.records
    for (const object of objects) {
      const own = this.#written.get(object)
      const found = plans.get(object)
      if (own === undefined || found === own) continue
      if (found === undefined || found.sequence > own.sequence) this.#written.delete(object)
      else void this.#raiseAgain(own, found)
    }
  }

  async #raiseAgain({ object, profile }: PlanRecord, found: PlanRecord): Promise<void> {
    const plan = await this.raised(object, profile)
    if (plan !== undefined && this.#parts.records.plans.get(object) === found && !this.#parts.signal.aborted) this.write(plan)
  }
}
