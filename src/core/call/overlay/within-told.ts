/**
 * What this tab takes only to pass it on, no more than it told that it carries: who plans may be hostile, and so may who asks. Those who
 * were to get the rest here find silence, and ask the one beside this tab.
 */
import type { Layer, StreamId } from '../../../protocol/media.ts'
import { streamKey } from '../../../protocol/media.ts'
import { isVoice } from '../../../protocol/media-worker.ts'
import type { MeetingFacts } from '../../../protocol/meeting.ts'
import { LAYER_ORDER } from './layer-terms.ts'

/** What a tab says of its own line. */
export type Told = Pick<MeetingFacts, 'forwards' | 'uplinkKbps' | 'downlinkKbps'> & { readonly kbpsOf: (layer: Layer) => number }

/** `copies`: to so many it is to be passed on. */
export type Carried = StreamId & { readonly copies: number }

/** A plan is a moment older than what was told since, and measures waver. */
const SLACK = 1.25

/**
 * `shown`: by their keys. What is shown is taken anyway, and all its copies are counted first. Of the others voices come first, also
 * where pictures fill the line down already.
 */
export function withinTold(carried: readonly Carried[], shown: ReadonlyMap<string, StreamId>, told: Told): readonly StreamId[] {
  const isShown = (stream: StreamId) => shown.has(streamKey(stream))
  const copiesKbps = ({ layer, copies }: Carried) => copies * told.kbpsOf(layer)
  let upKbps = (told.forwards > 0 ? told.uplinkKbps : 0) * SLACK
  let downKbps = told.downlinkKbps * SLACK
  for (const stream of carried) if (isShown(stream)) upKbps -= copiesKbps(stream)
  for (const { layer } of shown.values()) downKbps -= told.kbpsOf(layer)
  return carried
    .toSorted((a, b) => LAYER_ORDER.indexOf(a.layer) - LAYER_ORDER.indexOf(b.layer))
    .filter((stream) => {
      if (isShown(stream)) return true
      const kbps = told.kbpsOf(stream.layer)
      if (copiesKbps(stream) > upKbps || (kbps > downKbps && !isVoice(stream.layer))) return false
      upKbps -= copiesKbps(stream)
      downKbps -= kbps
      return true
    })
}
