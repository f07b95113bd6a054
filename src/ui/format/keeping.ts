/** Ways of keeping a file, as a person chooses them: a dial of nines, so many copies, or the names that disks go by. */
import { parseProfile } from '../../core/storage/profile.ts'
import type { FileStat } from '../../ports/asterism.ts'

export const DIAL = [0.99, 0.999, 0.9999, 0.99999] as const
export const COPIES_MIN = 1
export const COPIES_MAX = 32

export const DISK_WAYS = [
  { profile: 'raid0', name: 'RAID 0', text: 'Cut into parts, nothing spare: every device is needed.' },
  { profile: 'raid5', name: 'RAID 5', text: 'Parts and one spare: any one device may go.' },
  { profile: 'raid6', name: 'RAID 6', text: 'Parts and two spares: any two devices may go.' },
  { profile: 'raid10', name: 'RAID 10', text: 'Parts, each on two devices: fast, and one of each pair may go.' },
] as const

export function dialProfile(target: number): string {
  return `nines(${target})`
}

export function copiesProfile(copies: number): string {
  return `raid1(${copies})`
}

/** The number of copies a profile asks for by name; undefined when it asks for something else. */
export function copiesOf(profile: string): number | undefined {
  const parsed = parseProfile(profile)
  return parsed?.kind === 'raid1' ? parsed.copies : undefined
}

export function isDiskWay(profile: string): boolean {
  return DISK_WAYS.some((way) => way.profile === profile)
}

export type DialStop = {
  readonly target: number
  readonly profile: string
  readonly isChosen: boolean
  /** What it would take on all devices together, over the file's own size; undefined when that is not known. */
  readonly overhead: number | undefined
  /** This room cannot keep that promise as it is now. */
  readonly isOutOfReach: boolean
}

/** `statAs` answers for another way of keeping; what it answers for the present one is no answer. */
export function dialStops(now: FileStat, statAs: (profile: string) => FileStat | undefined): readonly DialStop[] {
  return DIAL.map((target) => {
    const profile = dialProfile(target)
    const isChosen = now.profile === profile
    const asked = isChosen ? now : statAs(profile)
    const known = asked?.profile === profile ? asked : undefined
    const reach = (known ?? now).bound?.availability
    return { target, profile, isChosen, overhead: known?.overhead, isOutOfReach: reach !== undefined && reach < target }
  })
}

/** Where a number lies on the dial: 0 at its first stop, 3 at its last; each further nine is one step. */
export function dialPlace(odds: number): number {
  const nines = -Math.log10(Math.max(1e-6, 1 - odds))
  return Math.max(0, Math.min(DIAL.length - 1, nines - 2))
}
