/**
 * What a tab with a short line takes where no plan looks after it: full pictures as far as the line carries them, who speaks and
 * the largest tiles first, and of the others the small one. Voices, screens and small pictures are never given up here.
 */
import type { MediaId, Subscription } from '../../../protocol/media.ts'
import type { LayerProfile } from '../../../protocol/media-worker.ts'
import type { SeenTile } from './choose-wants.ts'

export type Down = {
  readonly downKbps: number
  readonly profiles: readonly LayerProfile[]
  readonly visible: readonly SeenTile[] | undefined
  /** Who speaks or spoke last, the loudest or latest first. */
  readonly speaking: readonly MediaId[]
  /** Whom this tab took the small picture of for this reason until now. */
  readonly small: ReadonlySet<MediaId>
}

/** More than was had until now is asked for when there is room to spare: nobody's picture changes with every tremble of a measure. */
const SPARE = 0.8

/** `small`: whose full picture does not fit. */
export function fitDown(
  wants: readonly Subscription[],
  down: Down,
): { readonly wants: readonly Subscription[]; readonly small: ReadonlySet<MediaId> } {
  const kbpsOf = (wanted: Subscription['layer']) => (down.profiles.find(({ layer }) => layer === wanted)?.bitsPerSecond ?? 0) / 1000
  const more = kbpsOf('main') - kbpsOf('thumb')
  const full = wants.filter(({ layer }) => layer === 'main').toSorted((a, b) => worthOf(b.source, down) - worthOf(a.source, down))
  let used = wants.reduce((sum, { layer }) => sum + kbpsOf(layer === 'main' ? 'thumb' : layer), 0)
  const small = new Set<MediaId>()
  for (const { source } of full) {
    if (used + more <= down.downKbps * (down.small.has(source) ? SPARE : 1)) used += more
    else small.add(source)
  }
  return { wants: wants.map((want) => (want.layer === 'main' && small.has(want.source) ? { ...want, layer: 'thumb' } : want)), small }
}

/** Who speaks is worth more than the largest tile. */
function worthOf(id: MediaId, { visible = [], speaking }: Down): number {
  const spokeAt = speaking.indexOf(id)
  const heightPx = Math.max(0, ...visible.filter((tile) => tile.id === id && tile.view === 'camera').map((tile) => tile.heightPx))
  return spokeAt < 0 ? heightPx : 1_000_000 - spokeAt
}
