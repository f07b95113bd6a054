/** What a profile asks of a plan, the same three questions for all of them. */
import { FLOOR_DEVICES } from '../../protocol/limits.ts'
import type { Profile } from './profile.ts'

export type PlanGoal = {
  /** Devices that may be lost, whichever they are. */
  readonly spareDevices: number
  /** Availability to reach; undefined: whatever it comes to. */
  readonly target: number | undefined
  /** Networks to stand in, when the room has them. */
  readonly segments: number
  /** The wish itself is below the floor: fewer than two devices may be lost. */
  readonly isBelowFloor: boolean
}

/** Each further file that points at the object raises the floor by one device. */
export function goalOf(profile: Profile, pointers: number): PlanGoal {
  const spare = spareOf(profile)
  return {
    spareDevices: spare + Math.max(0, pointers - 1),
    target: profile.kind === 'nines' ? profile.target : undefined,
    segments: Math.min(FLOOR_DEVICES, spare + 1),
    isBelowFloor: spare < FLOOR_DEVICES - 1,
  }
}

function spareOf(profile: Profile): number {
  switch (profile.kind) {
    case 'raid0':
      return 0
    case 'raid1':
      return profile.copies - 1
    case 'raid5':
    case 'raid10':
      return 1
    case 'raid6':
      return 2
    case 'nines':
      return FLOOR_DEVICES - 1
    default:
      return profile satisfies never
  }
}
