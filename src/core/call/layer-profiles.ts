/** How large and how often a picture is sent: few people see each other in full, many share what lines and devices carry. */
import { FULL_PICTURES } from '../../protocol/limits.ts'
import type { Layer } from '../../protocol/media.ts'
import type { LayerProfile } from '../../protocol/media-worker.ts'

const THUMB: LayerProfile = { layer: 'thumb', height: 90, fps: 7.5, bitsPerSecond: 70_000, keyEveryMs: 2_000 }
const SCREEN: LayerProfile = { layer: 'screen', height: 1080, fps: 12, bitsPerSecond: 1_500_000, keyEveryMs: 10_000 }

const FEW: readonly LayerProfile[] = [{ layer: 'main', height: 360, fps: 24, bitsPerSecond: 800_000, keyEveryMs: 10_000 }, THUMB, SCREEN]
const MANY: readonly LayerProfile[] = [{ layer: 'main', height: 360, fps: 15, bitsPerSecond: 600_000, keyEveryMs: 10_000 }, THUMB, SCREEN]

/** Pictures a second that are needed of a camera of which others take these layers; for the own eyes the small ones are enough. */
export function cameraFps(profiles: readonly LayerProfile[], watched: readonly Layer[]): number {
  const wanted = profiles.filter(({ layer }) => watched.includes(layer))
  return Math.max(THUMB.fps, ...wanted.map(({ fps }) => fps))
}

/** `people`: in the call, this tab included. The same value for the same answer. */
export function layerProfiles(people: number): readonly LayerProfile[] {
  return people <= FULL_PICTURES ? FEW : MANY
}
