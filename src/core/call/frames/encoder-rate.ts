/**
 * At how many bits a layer is encoded: as its profile says, or as much as the best of those who take it straight can have. Who
 * can have less is thinned by `forward-frame`: one slow child slows nobody else down.
 */

import { GOP_CACHE_MS } from '../../../protocol/limits.ts'
import type { Layer } from '../../../protocol/media.ts'
import type { LayerProfile } from '../../../protocol/media-worker.ts'

/** Less is no picture at this size. */
const LEAST_SHARE = 0.15
/** An encoder is not told of every tremble. */
const NOTICED = 0.12

/** `roomsKbps`: what each child's hop has for this layer. */
export function encoderRate(before: number, profileBitsPerSecond: number, roomsKbps: readonly number[]): number {
  const best = roomsKbps.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...roomsKbps) * 1000
  const wanted = Math.round(Math.min(profileBitsPerSecond, Math.max(profileBitsPerSecond * LEAST_SHARE, best)))
  const isNoticed = Math.abs(wanted - before) > before * NOTICED || (wanted === profileBitsPerSecond && wanted !== before)
  return isNoticed ? wanted : before
}

/** A line that carries less than the whole layer stands still for a key frame for as long as for five others. */
const RARER_WHEN_SHORT = 6

/** How long a layer goes without a key frame that nobody asked for. What hops keep for who comes next is not touched by it. */
export function keyEvery({ keyEveryMs, bitsPerSecond }: LayerProfile, rate: number): number {
  return rate < bitsPerSecond && keyEveryMs > GOP_CACHE_MS ? keyEveryMs * RARER_WHEN_SHORT : keyEveryMs
}

/** Of what a hop takes, this layer's part beside the other layers it takes from here. */
export function shareOfRoom(layer: Layer, takes: readonly Layer[], profiles: readonly LayerProfile[]): number {
  const bitsOf = (one: Layer) => profiles.find((profile) => profile.layer === one)?.bitsPerSecond ?? 0
  const all = takes.reduce((sum, one) => sum + bitsOf(one), 0)
  return all === 0 ? 1 : bitsOf(layer) / all
}
