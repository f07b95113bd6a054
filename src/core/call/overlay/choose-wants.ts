/**
 * What a tab wants of the others in the call: by what its person sees and who speaks, never by what lines allow, and in full. Where
 * lines fall short the plan says so, and `findParents` takes less.
 */
import { FULL_PICTURE_PX, FULL_PICTURES, FULL_PICTURES_AT_ONCE, FULL_SPEAKER_PX, LOUDEST, OPEN_VOICES } from '../../../protocol/limits.ts'
import { HIGHEST_TEMPORAL, type Layer, type MediaId, type Subscription } from '../../../protocol/media.ts'
import type { View } from '../../../protocol/media-worker.ts'

export type SeenTile = { readonly id: MediaId; readonly view: View; readonly heightPx: number }

export type CallView = {
  /** The others, with what they send. */
  readonly others: readonly { readonly id: MediaId; readonly layers: readonly Layer[] }[]
  /** A picture may be named by a screen and by what is composed here. Undefined: no screen says what it shows, so everybody is shown. */
  readonly visible: readonly SeenTile[] | undefined
  /** Who speaks or spoke last, the loudest or latest first. */
  readonly speaking: readonly MediaId[]
}

export function chooseWants(view: CallView): readonly Subscription[] {
  const full = fullPictures(view)
  const heard = heardVoices(view)
  return view.others.flatMap(({ id, layers }) => {
    const sends = new Set(layers)
    const wanted: Subscription[] = []
    if (sends.has('audio') && heard.has(id)) wanted.push({ source: id, layer: 'audio', maxTemporal: 0 })
    if (sends.has('screen-audio')) wanted.push({ source: id, layer: 'screen-audio', maxTemporal: 0 })
    if (sends.has('screen') && isVisible(view, id, 'screen')) wanted.push({ source: id, layer: 'screen', maxTemporal: HIGHEST_TEMPORAL })
    const picture = pictureOf(sends, full.has(id))
    if (picture !== undefined && isVisible(view, id, 'camera')) wanted.push({ source: id, layer: picture, maxTemporal: HIGHEST_TEMPORAL })
    return wanted
  })
}

/** Who sends one layer only is taken as it is. */
function pictureOf(sends: ReadonlySet<Layer>, isFull: boolean): Layer | undefined {
  const [first, second] = isFull ? (['main', 'thumb'] as const) : (['thumb', 'main'] as const)
  return sends.has(first) ? first : sends.has(second) ? second : undefined
}

function isVisible({ visible }: CallView, id: MediaId, view: View): boolean {
  return visible === undefined || visible.some((tile) => tile.id === id && tile.view === view)
}

/** With this tab a call of few shows everybody in full; larger ones the largest tiles, and who speaks from a smaller size on. */
function fullPictures({ others, visible, speaking }: CallView): ReadonlySet<MediaId> {
  if (others.length + 1 <= FULL_PICTURES) return new Set(others.map(({ id }) => id))
  if (visible === undefined) return new Set(speaking.slice(0, LOUDEST))
  const speakers = new Set(speaking.slice(0, LOUDEST))
  const large = visible
    .filter(({ id, view, heightPx }) => view === 'camera' && heightPx >= (speakers.has(id) ? FULL_SPEAKER_PX : FULL_PICTURE_PX))
    .toSorted((a, b) => Number(speakers.has(b.id)) - Number(speakers.has(a.id)) || b.heightPx - a.heightPx)
  return new Set([...new Set(large.map(({ id }) => id))].slice(0, FULL_PICTURES_AT_ONCE))
}

function heardVoices({ others, speaking }: CallView): ReadonlySet<MediaId> {
  const open = others.filter(({ layers }) => layers.includes('audio')).map(({ id }) => id)
  if (open.length <= OPEN_VOICES) return new Set(open)
  const isOpen = new Set(open)
  return new Set(speaking.filter((id) => isOpen.has(id)).slice(0, LOUDEST))
}
