/**
 * How the carriers of this network do, by what each hop does with them: a hop that stays with one for a while found it
 * good, one that leaves the channel found it bad. Long ways go by the pipe from the start and say nothing of a network.
 */
import { CARRIER_HELD_MS, CARRIER_NEAR_MS, STALLED_PER_MILLE } from '../../protocol/limits.ts'
import type { MediaId } from '../../protocol/media.ts'
import type { Carrier, HopFigures } from '../../protocol/media-worker.ts'
import type { Outcome } from './tally.ts'

type Held = { readonly carrier: Carrier; readonly sinceMs: number; readonly isTold: boolean; readonly stalledMs: number }

export type HeldCarriers = ReadonlyMap<MediaId, Held>
export type CarrierJudged = { readonly carrier: Carrier; readonly outcome: Outcome }

export const NO_HOPS: HeldCarriers = new Map()

/** With each second's figures. `rttOf`: undefined when nobody measured it. */
export function watchCarriers(
  state: HeldCarriers,
  hops: readonly Pick<HopFigures, 'hop' | 'carrier' | 'delivered' | 'receivedKbps' | 'sentKbps'>[],
  rttOf: (hop: MediaId) => number | undefined,
  nowMs: number,
): { readonly next: HeldCarriers; readonly judged: readonly CarrierJudged[] } {
  const judged: CarrierJudged[] = []
  const next = new Map<MediaId, Held>()
  for (const { hop, carrier, delivered, receivedKbps, sentKbps } of hops) {
    // An idle hop finds nothing out.
    if (receivedKbps + sentKbps === 0 || (rttOf(hop) ?? Number.POSITIVE_INFINITY) > CARRIER_NEAR_MS) continue
    const before = state.get(hop)
    if (before?.carrier === 'channel' && carrier === 'pipe') judged.push({ carrier: 'channel', outcome: { kind: 'failed' } })
    const held = before?.carrier === carrier ? before : { carrier, sinceMs: nowMs, isTold: false, stalledMs: Number.NEGATIVE_INFINITY }
    const isGood = !held.isTold && nowMs - held.sinceMs >= CARRIER_HELD_MS
    if (isGood) judged.push({ carrier, outcome: { kind: 'worked', mediaMs: 0 } })
    const stalls = receivedKbps > 0 && delivered < STALLED_PER_MILLE && nowMs - held.stalledMs >= CARRIER_HELD_MS
    if (stalls) judged.push({ carrier, outcome: { kind: 'stalled' } })
    next.set(hop, { ...held, isTold: held.isTold || isGood, stalledMs: stalls ? nowMs : held.stalledMs })
  }
  return { next, judged }
}
