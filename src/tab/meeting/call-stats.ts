/** Figures of the worker, which knows media ids, as the public API tells them, which knows tabs. */

import type { CallStats, HopStats, StreamStats } from '../../ports/asterism.ts'
import type { Decision } from '../../ports/balance.ts'
import type { TabId } from '../../protocol/ids.ts'
import type { MediaId } from '../../protocol/media.ts'
import { type HopFigures, isVoice, type MediaFigures, type StreamFigures } from '../../protocol/media-worker.ts'
import type { MeetingPlan } from '../../protocol/meeting.ts'
import type { LoggedRound } from '../../protocol/meeting-log.ts'

export type StatsParts = {
  readonly figures: MediaFigures
  /** Taken because the line is short. */
  readonly smallPictures: number
  readonly packetsPerSecond: number
  readonly plan: MeetingPlan | undefined
  readonly conductor: TabId | undefined
  readonly tabOf: (id: MediaId) => TabId | undefined
  readonly decisions: readonly Decision[]
  readonly rounds: () => readonly LoggedRound[]
}

export function describeCall({
  figures,
  smallPictures,
  packetsPerSecond,
  plan,
  conductor,
  tabOf,
  decisions,
  rounds,
}: StatsParts): CallStats {
  const withTabs = (text: string) => text.replaceAll(/#(\d+)/g, (whole, id) => tabOf(Number(id)) ?? whole)
  const carriers = new Map(figures.hops.map(({ hop, carrier }) => [hop, carrier]))
  return {
    conductor,
    uplinkKbps: figures.uplinkKbps,
    downlink: { kbps: figures.downlinkKbps, smallPictures },
    strain: { lateMs: figures.lateMs, halvings: figures.halvings },
    packetsPerSecond: Math.round(packetsPerSecond),
    streams: figures.incoming.flatMap((stream) => describeStream(stream, carriers, tabOf) ?? []),
    hops: figures.hops.flatMap((hop) => describeHop(hop, tabOf) ?? []),
    reasons: (plan?.streams ?? []).flatMap(({ source, layer, reason, edges }) => {
      const tab = tabOf(source)
      const ways = edges.flatMap(([child, parent]) => {
        const [to, from] = [tabOf(child), tabOf(parent)]
        return to === undefined || from === undefined ? [] : [{ to, from }]
      })
      return tab === undefined ? [] : [{ tab, layer, text: withTabs(reason), ways }]
    }),
    decisions: decisions.map((one) => ({ ...one, why: withTabs(one.why) })),
    log: () => ({ t: 'meeting-log', rounds: [...rounds()] }),
  }
}

function describeStream(
  stream: StreamFigures,
  carriers: ReadonlyMap<MediaId, HopFigures['carrier']>,
  tabOf: StatsParts['tabOf'],
): StreamStats | undefined {
  const [tab, from] = [tabOf(stream.source), tabOf(stream.from)]
  if (tab === undefined || from === undefined) return undefined
  return {
    tab,
    from,
    layer: stream.layer,
    carrier: isVoice(stream.layer) ? 'track' : (carriers.get(stream.from) ?? 'channel'),
    fps: stream.frames,
    kbps: stream.kbps,
    delayMs: stream.delayMs,
    passedTo: stream.forwardedTo,
  }
}

function describeHop(hop: HopFigures, tabOf: StatsParts['tabOf']): HopStats | undefined {
  const tab = tabOf(hop.hop)
  if (tab === undefined) return undefined
  const { carrier, sentKbps, receivedKbps, queueMs, delivered } = hop
  return { tab, carrier, sentKbps, receivedKbps, queueMs, lostPerMille: Math.max(0, 1000 - delivered) }
}
