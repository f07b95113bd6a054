/** What the layers of a call mean to a plan: which come first, and how far from their source they may be taken. */
import { TREE_DEPTH } from '../../../protocol/limits.ts'
import type { Layer } from '../../../protocol/media.ts'
import { isVoice } from '../../../protocol/media-worker.ts'

/** Voices first, then what is shown on purpose, then pictures. */
export const LAYER_ORDER: readonly Layer[] = ['audio', 'screen-audio', 'screen', 'main', 'thumb']

/** A voice must not lag, and small pictures are not worth more than one carrier on their way. */
const SHORT_DEPTH = 2

export function hopsOf(layer: Layer): number {
  return layer === 'main' || layer === 'screen' ? TREE_DEPTH : SHORT_DEPTH
}

/** What a hop costs who is behind it, its delay and its dependence on one more tab, as if the copy were so much larger. */
const HOP_KBPS = 200
/** In a voice it is heard. */
const VOICE_HOP_KBPS = 600

export function hopKbps(layer: Layer): number {
  return isVoice(layer) ? VOICE_HOP_KBPS : HOP_KBPS
}
