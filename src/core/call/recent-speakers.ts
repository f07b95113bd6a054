/** Who speaks or spoke last, newest first. Those who go on speaking keep their places, so that two in talk do not alternate. */
import { SPEAKERS_REMEMBERED } from '../../protocol/limits.ts'

export function recentSpeakers<T>(before: readonly T[], speaking: readonly T[], present: ReadonlySet<T>): readonly T[] {
  const now = new Set(speaking)
  const stayed = before.filter((one) => present.has(one))
  const known = new Set(stayed)
  const fresh = speaking.filter((one) => !known.has(one) && present.has(one))
  const next = [...fresh, ...stayed.filter((one) => now.has(one)), ...stayed.filter((one) => !now.has(one))].slice(0, SPEAKERS_REMEMBERED)
  return next.length === before.length && next.every((one, at) => one === before[at]) ? before : next
}
