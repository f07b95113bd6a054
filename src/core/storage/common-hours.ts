/**
 * When readers come, and who is here then. People sleep at the same time and their meetings end together, so that a room
 * of people alone is worth less than its devices one by one; but whoever reads is one of them, and mostly reads by day.
 * Odds that are stated are the mean over day and night, weighed by how many are there to read.
 */
import type { DeviceFacts } from './plan-facts.ts'

/** `share` of all readers; the presence of each device, by id, at these hours. */
export type Hours = { readonly share: number; readonly presence: ReadonlyMap<string, number> }

/** Who is here half the time or more is a computer that stays on, and knows no night. */
const PERSON_BELOW = 0.5

/** Nobody's hours are written down, so a usual night is assumed: a third of the day, with half as many as usual. */
const NIGHT_SHARE = 1 / 3
const AT_NIGHT = 0.5
const BY_DAY = (1 - NIGHT_SHARE * AT_NIGHT) / (1 - NIGHT_SHARE)

/** `presence`: over all hours. */
export function hoursOf(devices: readonly DeviceFacts[], presence: ReadonlyMap<string, number>): readonly Hours[] {
  const people = new Set(devices.filter(({ availability }) => availability < PERSON_BELOW).map(({ id }) => id as string))
  if (people.size === 0) return [{ share: 1, presence }]

  const at = (factor: number) => new Map([...presence].map(([id, chance]) => [id, people.has(id) ? chance * factor : chance]))
  const day = at(BY_DAY)
  const night = at(AT_NIGHT)
  const readersByDay = sum(day) * (1 - NIGHT_SHARE)
  const readersAtNight = sum(night) * NIGHT_SHARE
  const readers = readersByDay + readersAtNight
  if (readers === 0) return [{ share: 1, presence }]
  return [
    { share: readersByDay / readers, presence: day },
    { share: readersAtNight / readers, presence: night },
  ]
}

/** What holds for a reader, whenever he comes. */
export function overHours(hours: readonly Hours[], chanceWith: (presence: ReadonlyMap<string, number>) => number): number {
  return hours.reduce((sum, { share, presence }) => sum + share * chanceWith(presence), 0)
}

function sum(presence: ReadonlyMap<string, number>): number {
  return [...presence.values()].reduce((total, chance) => total + chance, 0)
}
