/** Plans as signed records: which device shall hold which row of an object, in this device's name. */
import type { Slot } from '../../core/storage/plan-facts.ts'
import { planObject } from '../../core/storage/plan-object.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceKey } from '../../ports/keys.ts'
import type { RoomId } from '../../protocol/ids.ts'
import { type ObjectId, type PlanRecord, planClaim } from '../../protocol/object.ts'
import { profileOf } from './profile-of.ts'
import type { RoomFacts } from './room-facts.ts'
import type { SignedRecords } from './signed-records.ts'

export type PlanParts = {
  readonly room: RoomId
  readonly deviceKey: DeviceKey
  readonly clock: Clock
  readonly records: SignedRecords
  readonly facts: RoomFacts
}

export type PlanDraft = {
  readonly object: ObjectId
  readonly profile: string
  readonly k: number
  readonly rows: number
  readonly bytes: number
  readonly slots: readonly Slot[]
}

export async function signPlan({ room, deviceKey, clock, records }: PlanParts, draft: PlanDraft): Promise<PlanRecord> {
  const before = records.plans.get(draft.object)
  const claim = { ...draft, slots: [...draft.slots], sequence: (before?.sequence ?? 0) + 1, by: deviceKey.id, atMs: clock.nowMs() }
  return { ...claim, signature: await deviceKey.sign(planClaim(room, claim)) }
}

/** What should be different, as a draft; undefined: the plan stands. */
export function replan({ deviceKey, clock, facts }: PlanParts, object: ObjectId): PlanDraft | undefined {
  const known = facts.object(object)
  if (known === undefined) return undefined
  const { slots } = planObject(known, facts.devices(), { self: deviceKey.id, nowMs: clock.nowMs() })
  if (slots === known.slots || slots.length === 0) return undefined
  const { bytes, layout } = known
  return { object, profile: facts.profileOf(object), ...layout, bytes, slots }
}

/** The plan for another wish; undefined while nothing says how the object is cut. */
export function planFor({ deviceKey, clock, facts }: PlanParts, object: ObjectId, profile: string): PlanDraft | undefined {
  const known = facts.object(object)
  if (known === undefined) return undefined
  const wished = { ...known, profile: profileOf(profile) }
  const { slots } = planObject(wished, facts.devices(), { self: deviceKey.id, nowMs: clock.nowMs() })
  return { object, profile, ...known.layout, bytes: known.bytes, slots }
}
