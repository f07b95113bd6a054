/**
 * How many rows an object is cut into, chosen once, when it is added. Large k stores little but needs many devices at
 * once; so the largest k is taken that this room can carry. Parity rows beyond today's plan cost a hash each and let
 * later plans answer a room that gets worse.
 */
import { OBJECT_ROWS } from '../../protocol/limits.ts'
import { type Layout, rowBytesOf } from './layout.ts'
import type { DeviceFacts } from './plan-facts.ts'
import { goalOf } from './plan-goal.ts'
import { type PlanRoom, planRoomOf } from './plan-room.ts'
import { addTo, sumOf } from './poisson-binomial.ts'
import type { Profile } from './profile.ts'

const MIRROR: Layout = { k: 1, rows: 1 }

/**
 * For a room that needs whole copies today and may do with half as much soon, as k is never changed: both rows on one
 * device are as good as a copy. Four devices hold a half each, and two rows more are for those that take over from one.
 */
const HALVES: Layout = { k: 2, rows: 6 }

/** A keeper that came today is taken for one that is here half the time. */
const MAY_BE_KEEPER = 0.45

/** Below this an object is copied: what coding saves is less than the trouble of several holders. */
const CODED_FROM_BYTES = 4 * 1024 * 1024

/** Up to this many devices everybody has everything. */
const MIRROR_DEVICES = 3

/** More holders per read than this cost more in waiting than they save in bytes. */
const K_MAX = 16

/** Classic profiles stripe over the devices there are, within reason. */
const STRIPE_MAX = 8

/** A smaller k is as good when it stores at most this much more: fewer devices per read, less traffic per repair. */
const AS_GOOD = 1.03

/** Availabilities are estimates, and rows can be added later but k never changed: a layout that misses by so much will do. */
const MISS_SLACK = 1.5

/** `bytes` undefined: a stream of unknown length, taken for large. */
export function chooseLayout(profile: Profile, bytes: number | undefined, devices: readonly DeviceFacts[]): Layout {
  if (profile.kind === 'raid1' || (bytes !== undefined && bytes < CODED_FROM_BYTES && profile.kind === 'nines')) return MIRROR
  const room = planRoomOf(devices)
  const places = room.places.filter((place) => place.isTrusted)
  switch (profile.kind) {
    case 'raid0':
      return stripe(places.length, 0)
    case 'raid10':
      return stripe(Math.floor(places.length / 2), 0)
    case 'raid5':
      return stripe(places.length - 1, 1)
    case 'raid6':
      return stripe(places.length - 2, 2)
    case 'nines':
      return places.length <= MIRROR_DEVICES ? MIRROR : leastStorage(profile, bytes, room)
    default:
      return profile satisfies never
  }
}

/** One parity row more than the profile asks for, so that a lost row can be replaced by a new one. */
function stripe(devices: number, parity: number): Layout {
  const k = Math.min(STRIPE_MAX, Math.max(1, devices))
  return k === 1 ? MIRROR : { k, rows: parity === 0 ? k : k + parity + 1 }
}

function leastStorage(profile: Profile & { kind: 'nines' }, bytes: number | undefined, room: PlanRoom): Layout {
  const { spareDevices } = goalOf(profile, 1)
  const places = room.places.filter((place) => place.isTrusted).map(({ device }) => device)
  const options: { readonly k: number; readonly rows: number }[] = []
  for (let k = 1; k <= Math.min(K_MAX, places.length - spareDevices); k++) {
    const rowBytes = bytes === undefined ? 0 : rowBytesOf(bytes, k)
    const able = places.filter(({ freeBytes }) => freeBytes >= rowBytes).map(({ id }) => room.presence.get(id) ?? 0)
    const rows = fewestRows(
      able.sort((a, b) => b - a),
      k,
      spareDevices,
      profile.target,
    )
    if (rows !== undefined) options.push({ k, rows })
  }
  const least = Math.min(...options.map(({ k, rows }) => rows / k))
  const best = options.find(({ k, rows }) => rows / k <= least * AS_GOOD)
  if (best === undefined || best.k === 1) return mayCarryHalves(places, room, spareDevices) ? HALVES : MIRROR
  return { k: best.k, rows: Math.min(OBJECT_ROWS, best.rows + Math.max(2, Math.ceil(best.rows / 4))) }
}

/** As many devices as halves need at least are here often, or so new that they may turn out to be. */
function mayCarryHalves(places: readonly DeviceFacts[], room: PlanRoom, spareDevices: number): boolean {
  return places.filter(({ id }) => (room.presence.get(id) ?? 0) >= MAY_BE_KEEPER).length >= HALVES.k + spareDevices
}

/** Rows on the best devices, one each, that reach the target and survive the losses asked for. */
function fewestRows(bestFirst: readonly number[], k: number, spareDevices: number, target: number): number | undefined {
  const chances = new Float64Array(k)
  chances[0] = 1
  const most = k === 1 ? bestFirst.length : Math.min(OBJECT_ROWS, bestFirst.length)
  for (let rows = 1; rows <= most; rows++) {
    addTo(chances, bestFirst[rows - 1] as number)
    if (rows >= k + spareDevices && sumOf(chances) <= (1 - target) * MISS_SLACK) return rows
  }
  return undefined
}
