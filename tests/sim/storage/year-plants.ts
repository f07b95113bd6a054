/** Planted bugs: each replaces a decision of the planner by one that a tired person could have written. */
import type { DeviceFacts, ObjectFacts, RowCopy, Slot } from '../../../src/core/storage/plan-facts.ts'
import type { DeviceId } from '../../../src/protocol/ids.ts'
import { LOST_MS } from '../../../src/protocol/limits.ts'
import { MIXES, type Mix } from './mixes.ts'
import { type PlannerBrain, SOUND_PLANNER } from './planner-brain.ts'
import { simulateMix } from './years.ts'

export type YearPlant = { readonly name: string; readonly bug: Partial<PlannerBrain> }

const { plan, judge } = SOUND_PLANNER

export const YEAR_PLANTS: readonly YearPlant[] = [
  {
    name: 'who is away is taken for lost',
    bug: {
      plan: (object, devices, around) =>
        plan(
          object,
          devices.map((device) => (device.isHere ? device : { ...device, awayMs: LOST_MS })),
          around,
        ),
    },
  },
  {
    name: 'who is lost is taken for away',
    bug: {
      plan: (object, devices, around) =>
        plan(
          object,
          devices.map((device) => ({ ...device, awayMs: 0, lossPerDay: 0 })),
          around,
        ),
    },
  },
  {
    name: 'tabs are counted as devices',
    bug: {
      plan(object, devices, around) {
        const found = plan(twice(object), devices.flatMap(twins), around)
        const slots = [
          ...new Map(found.slots.map(({ row, device }) => [`${row}/${oneOf(device)}`, { row, device: oneOf(device) }])).values(),
        ]
        const onDevices = (copies: readonly RowCopy[]) => copies.filter(({ device }) => !device.endsWith(TWIN))
        return { ...found, slots: sameIfEqual(object, slots), mark: onDevices(found.mark), revive: onDevices(found.revive) }
      },
      judge: (object, devices) => judge(twice(object), devices.flatMap(twins)),
    },
  },
  {
    name: 'networks are ignored',
    bug: {
      plan: (object, devices, around) =>
        plan(
          object,
          devices.map((device) => ({ ...device, segment: 'one' })),
          around,
        ),
    },
  },
  {
    name: 'copies of those who are away are let go',
    bug: {
      plan(object, devices, around) {
        const away = new Set(devices.filter(({ isHere }) => !isHere).map(({ id }) => id))
        const found = plan(object, devices, around)
        return { ...found, mark: object.copies.filter(({ state, device }) => state === 'kept' && away.has(device)) }
      },
    },
  },
  {
    name: 'marked copies are not revived',
    bug: { plan: (object, devices, around) => ({ ...plan(object, devices, around), revive: [] }) },
  },
  {
    name: 'a plan is made afresh, as if nothing were on disk',
    bug: {
      plan(object, devices, around) {
        const found = plan({ ...object, slots: [], copies: [] }, devices, around)
        return { ...found, slots: sameIfEqual(object, found.slots) }
      },
    },
  },
]

const TWIN = ' in another tab'

function twins(device: DeviceFacts): DeviceFacts[] {
  return [device, { ...device, id: `${device.id}${TWIN}` as DeviceId, segment: undefined }]
}

function twice(object: ObjectFacts): ObjectFacts {
  return { ...object, copies: object.copies.flatMap((copy) => [copy, { ...copy, device: `${copy.device}${TWIN}` as DeviceId }]) }
}

function sameIfEqual({ slots: before }: ObjectFacts, slots: readonly Slot[]): readonly Slot[] {
  const textOf = (list: readonly Slot[]) =>
    list
      .map(({ row, device }) => `${row}/${device}`)
      .toSorted()
      .join()
  return textOf(before) === textOf(slots) ? before : slots
}

function oneOf(device: DeviceId): DeviceId {
  return device.replace(TWIN, '') as DeviceId
}

/** A small share of these shows each of them. */
const SHOWN_IN = ['20 mixed', '50 mixed', '4 keepers + 16']
const ROOMS = 6
const DAYS = 240

/** The mix that found it, or undefined. */
export function findYearPlant({ bug }: YearPlant): string | undefined {
  const brain = { ...SOUND_PLANNER, ...bug }
  const isFound = (mix: Mix) => simulateMix(mix, 1, ROOMS, DAYS, brain, true).violations.length > 0
  return MIXES.filter(({ name }) => SHOWN_IN.includes(name)).find(isFound)?.name
}
