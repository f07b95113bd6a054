/**
 * Which of two wishes for the same bytes asks for more: first how many devices may be lost, then how surely it can be
 * read. A weaker wish never takes away what a stronger one was promised.
 */
import { goalOf } from './plan-goal.ts'
import type { Profile } from './profile.ts'

/** False also when neither asks for more. */
export function isStronger(profile: Profile, other: Profile): boolean {
  const [one, two] = [goalOf(profile, 1), goalOf(other, 1)]
  if (one.spareDevices !== two.spareDevices) return one.spareDevices > two.spareDevices
  if (one.target !== two.target) return (one.target ?? 0) > (two.target ?? 0)
  // Neither survives a loss, but one copy is at least in one piece.
  return other.kind === 'raid0' && profile.kind !== 'raid0'
}
