/** Who wants what: the streams of a meeting with those who want them, in the order in which they are planned. */
import type { Layer, MediaId } from '../../../protocol/media.ts'
import { streamKey } from '../../../protocol/media.ts'
import type { MeetingFacts } from '../../../protocol/meeting.ts'
import { LAYER_ORDER } from './layer-terms.ts'
import type { Copy, Line } from './lines.ts'

export type Demand = Copy & {
  readonly key: string
  readonly source: Line
  readonly layer: Layer
  readonly wanters: readonly Line[]
  /** Want it too, and must do without. */
  readonly without: readonly Line[]
}

/** What is sent by nobody known, or wanted by its own source, is no demand. */
export function readDemands(facts: ReadonlyMap<MediaId, MeetingFacts>, lines: readonly Line[]): readonly Demand[] {
  const wanters = new Map<string, Line[]>()
  for (const line of lines) {
    for (const key of wantedKeys(facts.get(line.id), line.id)) {
      const known = wanters.get(key)
      if (known === undefined) wanters.set(key, [line])
      else known.push(line)
    }
  }
  return lines
    .flatMap((source) =>
      (facts.get(source.id)?.sends ?? []).map(({ layer, kbps, packetsPerSecond }): Demand => {
        const key = streamKey({ source: source.id, layer })
        return { key, source, layer, kbps, packets: packetsPerSecond, wanters: wanters.get(key) ?? [], without: [] }
      }),
    )
    .toSorted((a, b) => LAYER_ORDER.indexOf(a.layer) - LAYER_ORDER.indexOf(b.layer))
}

function wantedKeys(facts: MeetingFacts | undefined, self: MediaId): ReadonlySet<string> {
  const wants = facts?.wants ?? []
  return new Set(wants.filter(([source]) => source !== self).map(([source, layer]) => streamKey({ source, layer })))
}
