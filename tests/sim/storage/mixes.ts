/**
 * Who is in a room, in the mixes of the design note: people who look in, people who work in it, devices that stay on.
 * Sessions and absences are Weibull with shapes as measured in file sharing (0.5 to 0.6: who was here long stays long);
 * people have nights; meetings bring many at once and end for all within two minutes; disks are lost at random.
 */
import type { Random } from '../random.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export type Kind = {
  readonly name: string
  readonly onMs: number
  readonly offMs: number
  readonly shape: number
  /** Sleeps at night and goes to meetings. */
  readonly isPerson: boolean
  readonly isPersisted: boolean
  readonly lifeMs: number
}

/** Means are tuned so that, nights and meetings included, the share of time here is about the one in the name. */
export const CASUAL: Kind = {
  name: 'a=.15',
  onMs: 0.9 * HOUR,
  offMs: 5.2 * HOUR,
  shape: 0.55,
  isPerson: true,
  isPersisted: false,
  lifeMs: 60 * DAY,
}
export const TEAM: Kind = {
  name: 'a=.35',
  onMs: 2.5 * HOUR,
  offMs: 3.7 * HOUR,
  shape: 0.6,
  isPerson: true,
  isPersisted: false,
  lifeMs: 60 * DAY,
}
export const STABLE: Kind = {
  name: 'a=.8',
  onMs: 16 * HOUR,
  offMs: 4 * HOUR,
  shape: 0.6,
  isPerson: false,
  isPersisted: true,
  lifeMs: 180 * DAY,
}
export const KEEPER: Kind = {
  name: 'a=.95',
  onMs: 76 * HOUR,
  offMs: 4 * HOUR,
  shape: 0.6,
  isPerson: false,
  isPersisted: true,
  lifeMs: 180 * DAY,
}

export type Mix = { readonly name: string; readonly kinds: readonly (readonly [count: number, kind: Kind])[] }

export const MIXES: readonly Mix[] = [
  { name: '8 casual', kinds: [[8, CASUAL]] },
  { name: '20 casual', kinds: [[20, CASUAL]] },
  {
    name: '20 mixed',
    kinds: [
      [5, STABLE],
      [15, CASUAL],
    ],
  },
  {
    name: '50 mixed',
    kinds: [
      [12, STABLE],
      [38, CASUAL],
    ],
  },
  {
    name: '50 team',
    kinds: [
      [25, TEAM],
      [25, CASUAL],
    ],
  },
  {
    name: '10 keepers + 40',
    kinds: [
      [10, KEEPER],
      [40, CASUAL],
    ],
  },
  {
    name: '4 keepers + 16',
    kinds: [
      [4, KEEPER],
      [16, CASUAL],
    ],
  },
]

/** A length of time with this mean: `-ln(u)` raised to 1/shape, scaled. */
export function weibull(random: Random, meanMs: number, shape: number): number {
  return (meanMs / MEAN_OF[shape === 0.55 ? 0.55 : 0.6]) * (-Math.log(1 - random.next())) ** (1 / shape)
}

/** Gamma(1 + 1/shape): the mean of an unscaled Weibull. */
const MEAN_OF = { 0.55: 1.7024, 0.6: 1.5046 } as const

export function exponential(random: Random, meanMs: number): number {
  return -Math.log(1 - random.next()) * meanMs
}

const NIGHT_ENDS = 7 * HOUR
const AWAKE_AT_NIGHT = 0.15

/** When a person who would come now comes: at night mostly in the morning. */
export function comesAt(random: Random, kind: Kind, atMs: number): number {
  const hourMs = atMs % DAY
  if (!kind.isPerson || hourMs >= NIGHT_ENDS || random.chance(AWAKE_AT_NIGHT)) return atMs
  return atMs - hourMs + NIGHT_ENDS + exponential(random, 2 * HOUR)
}

/** Weekdays at ten, for an hour. */
export const MEETING = { startsAt: 10 * HOUR, lastsMs: HOUR, endsWithinMs: 2 * MINUTE, attends: 0.5 } as const

export function nextMeeting(afterMs: number): number {
  let day = Math.floor((afterMs - MEETING.startsAt) / DAY) + 1
  while (day % 7 >= 5) day += 1
  return day * DAY + MEETING.startsAt
}
