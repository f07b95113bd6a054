/** How safe files are, in figures and in words, from what the room's records say. */

import { judgeObject, safetyOf } from '../../core/storage/judge-object.ts'
import type { ObjectFacts } from '../../core/storage/plan-facts.ts'
import { planObject } from '../../core/storage/plan-object.ts'
import { remedyInWords, warningsInWords, YOUNG_ROOM_SENTENCE } from '../../core/storage/plan-words.ts'
import type { FileCopy, FileSafety, FileStat } from '../../ports/asterism.ts'
import type { Clock } from '../../ports/clock.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { profileOf } from './profile-of.ts'
import type { RoomFacts } from './room-facts.ts'

export type StatParts = {
  readonly device: DeviceId
  readonly facts: RoomFacts
  readonly clock: Clock
  readonly nameOf: (device: DeviceId) => string
}

/** What files of one object have in common. */
export type ObjectStat = Omit<FileStat, 'isPinned'>

const UNKNOWN: FileSafety = { state: 'one-copy', spareDevices: 0 }

export function safetyOfObject({ facts }: StatParts, id: ObjectId): FileSafety {
  const object = facts.object(id)
  if (object === undefined) return UNKNOWN
  const devices = facts.devices()
  const judgement = judgeObject(object, devices)
  return { state: safetyOf(object, devices, judgement), spareDevices: judgement.spareDevices }
}

export function copiesOfObject({ device, facts, nameOf }: StatParts, id: ObjectId): readonly FileCopy[] {
  const object = facts.object(id)
  if (object === undefined) return []
  const here = facts.here()
  const rows = new Map<DeviceId, { kept: number; all: number }>()
  for (const copy of object.copies) {
    const before = rows.get(copy.device) ?? { kept: 0, all: 0 }
    rows.set(copy.device, { kept: before.kept + (copy.state === 'kept' ? 1 : 0), all: before.all + 1 })
  }
  const { k } = object.layout
  return [...rows]
    .map(
      ([of, { kept, all }]): FileCopy => ({
        device: of,
        name: nameOf(of),
        isHere: here.has(of),
        isMyDevice: of === device,
        share: kept >= k ? 'whole' : kept > 0 ? (all >= k ? 'whole' : 'part') : 'spare',
      }),
    )
    .sort((a, b) => Number(b.isMyDevice) - Number(a.isMyDevice) || (a.device < b.device ? -1 : 1))
}

/** With a profile: how it would be once a plan for that profile was carried out. Throws `profile-invalid`. */
export function statOfObject(parts: StatParts, id: ObjectId, asked?: string): ObjectStat {
  const { facts, device, clock } = parts
  const text = asked ?? facts.profileOf(id)
  const profile = profileOf(text)
  const known = facts.object(id)
  if (known === undefined) return { ...NOTHING_KNOWN, profile: text }
  const devices = facts.devices()
  const wished: ObjectFacts = { ...known, profile }
  const plan = planObject(wished, devices, { self: device, nowMs: clock.nowMs() })
  const object = asked === undefined ? known : carriedOut(wished, plan.slots)
  const judgement = judgeObject(object, devices)
  const { availability, durability, spareDevices, overhead } = judgement
  return {
    state: safetyOf(object, devices, judgement),
    spareDevices,
    profile: text,
    k: known.layout.k,
    rows: known.layout.rows,
    copies: copiesOfObject(parts, id),
    availability,
    durability,
    overhead,
    bound: plan.bound && { availability: plan.bound.availability, remedy: remedyInWords(plan.bound) },
    warnings: [...warningsInWords(plan.warnings), ...(facts.isYoung() ? [YOUNG_ROOM_SENTENCE] : [])],
  }
}

function carriedOut(object: ObjectFacts, slots: ObjectFacts['slots']): ObjectFacts {
  return { ...object, slots, copies: slots.map(({ row, device }) => ({ row, device, state: 'kept' })) }
}

const NOTHING_KNOWN: ObjectStat = {
  ...UNKNOWN,
  profile: '',
  k: 1,
  rows: 1,
  copies: [],
  availability: 0,
  durability: 0,
  overhead: 0,
  bound: undefined,
  warnings: [],
}
