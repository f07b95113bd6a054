/** What this tab tells whoever plans: figures of its worker, round trips of its links, and what it sends and wants. */
import type { Told } from '../../core/call/overlay/within-told.ts'
import type { Giving } from '../../ports/asterism.ts'
import type { Link } from '../../ports/link.ts'
import { CHILDREN_PER_STREAM, DOWNLINK_ASSUMED_KBPS, MICROPHONE_BITS_PER_SECOND, UPLINK_ASSUMED_KBPS } from '../../protocol/limits.ts'
import { type Layer, mediaIdOf, type StreamId } from '../../protocol/media.ts'
import type { LayerProfile, MediaFigures } from '../../protocol/media-worker.ts'
import type { MeetingFacts } from '../../protocol/meeting.ts'

export type FactsParts = {
  readonly links: readonly Link[]
  readonly packetsPerSecond: number
  readonly giving: Giving
  readonly isSteady: boolean
  readonly layers: readonly Layer[]
  readonly profiles: readonly LayerProfile[]
  readonly wants: readonly StreamId[]
  /** undefined: nothing was measured yet. */
  readonly figures: MediaFigures | undefined
}

/** Opus sends a packet every 20 ms. */
const VOICE = { kbps: MICROPHONE_BITS_PER_SECOND / 1000, packetsPerSecond: 50 }

export function ownFacts(parts: FactsParts): MeetingFacts {
  const { links, packetsPerSecond, isSteady, layers, profiles, wants, figures } = parts
  const { forwards, uplinkKbps, downlinkKbps } = ownLine(parts)
  // Who has too much to do for its own pictures carries less for others, and comes last.
  const halvings = figures?.halvings ?? 0
  return {
    t: 'facts',
    uplinkKbps,
    downlinkKbps,
    packetsPerSecond: Math.round(packetsPerSecond / 2 ** halvings),
    forwards,
    isSteady: isSteady && halvings === 0,
    rtts: links.flatMap(({ peer, rttMs }) => (rttMs === undefined ? [] : [[mediaIdOf(peer), Math.min(60_000, Math.round(rttMs))]])),
    sends: layers.map((layer) => ({ layer, ...rateOf(layer, profiles) })),
    wants: wants.map(({ source, layer }) => [source, layer]),
    delivered: (figures?.hops ?? []).map(({ hop, delivered }) => [hop, Math.min(1000, Math.max(0, Math.round(delivered)))]),
  }
}

export function ownLine({ giving, profiles, figures }: Pick<FactsParts, 'giving' | 'profiles' | 'figures'>): Told {
  return {
    forwards: giving.passesOn ? CHILDREN_PER_STREAM : 0,
    uplinkKbps: Math.round(Math.min(figures?.uplinkKbps ?? UPLINK_ASSUMED_KBPS, giving.uplinkKbps ?? Number.POSITIVE_INFINITY)),
    downlinkKbps: figures?.downlinkKbps ?? DOWNLINK_ASSUMED_KBPS,
    kbpsOf: (layer) => rateOf(layer, profiles).kbps,
  }
}

function rateOf(layer: Layer, profiles: readonly LayerProfile[]): { readonly kbps: number; readonly packetsPerSecond: number } {
  const profile = profiles.find((one) => one.layer === layer)
  return profile === undefined ? VOICE : { kbps: Math.round(profile.bitsPerSecond / 1000), packetsPerSecond: Math.ceil(profile.fps) }
}
