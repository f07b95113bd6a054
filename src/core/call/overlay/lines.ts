/**
 * The tabs of a meeting as its planner sees them: what each line gives, what is on it so far, and whom it reaches how
 * fast. Lines are filled while one plan is made, and thrown away with it.
 */
import { CHILDREN_PER_STREAM } from '../../../protocol/limits.ts'
import type { Layer, MediaId } from '../../../protocol/media.ts'
import type { MeetingFacts } from '../../../protocol/meeting.ts'
import { hopKbps } from './layer-terms.ts'
import type { Standings } from './weigh-carriers.ts'

export type Line = {
  readonly id: MediaId
  readonly index: number
  readonly upKbps: number
  readonly packets: number
  readonly downKbps: number
  /** To how many it may pass one stream of others on. */
  readonly forwards: number
  /** 1 at best: by so much dearer is a copy that it passes on. */
  readonly care: number
  /** By the other's index, as this one measured; infinite: no way there. */
  readonly rtts: Float64Array
  /** Nobody was measured yet: it has just come. */
  readonly isNew: boolean
  sentKbps: number
  sentPackets: number
  /** Passed on by the plan before, of streams that are not planned yet. */
  heldKbps: number
  heldPackets: number
  takenKbps: number
}

/** One copy of a stream on a line. */
export type Copy = { readonly kbps: number; readonly packets: number }

/** New copies fill a line so far, what is there may stay up to all of it: measures waver, and nobody is moved for that. */
export const FILL = 0.8
/** New copies for whom there is no other way. */
export const CRAM = 0.95
export const KEEP = 1

/** Zero is not measured yet. Until then a line carries a picture or two of its own, and nothing of others. */
const UNMEASURED_KBPS = 2_000

/** Who rested for what it lost is tried with few: where it loses again few are moved once more. */
const TRIED_CHILDREN = 2

/** Hidden tabs sleep and busy devices are late: twice the load elsewhere is better. */
const UNSTEADY_CARE = 2
/** A tab this far from the others counts twice. */
const FAR_MS = 250

export function openLines(facts: ReadonlyMap<MediaId, MeetingFacts>, standings: Standings): readonly Line[] {
  const indexes = new Map([...facts.keys()].map((id, index) => [id, index]))
  return [...facts].map(([id, tab], index) => {
    const standing = standings.get(id)
    const rtts = new Float64Array(facts.size).fill(Number.POSITIVE_INFINITY)
    for (const [other, rttMs] of tab.rtts) {
      const at = indexes.get(other)
      if (at !== undefined && at !== index) rtts[at] = rttMs
    }
    const isMeasured = tab.uplinkKbps > 0 && tab.packetsPerSecond > 0
    const mayForward = isMeasured && standing?.isBenched !== true
    const isTried = (standing?.times ?? 0) > 0
    return {
      id,
      index,
      upKbps: Math.min(tab.uplinkKbps || UNMEASURED_KBPS, standing?.carriesKbps ?? Number.POSITIVE_INFINITY),
      packets: tab.packetsPerSecond || Number.POSITIVE_INFINITY,
      downKbps: tab.downlinkKbps || Number.POSITIVE_INFINITY,
      forwards: mayForward ? Math.min(tab.forwards, isTried ? TRIED_CHILDREN : CHILDREN_PER_STREAM) : 0,
      care: (tab.isSteady ? 1 : UNSTEADY_CARE) * (1 + medianRtt(tab) / FAR_MS),
      rtts,
      isNew: tab.rtts.length === 0,
      sentKbps: 0,
      sentPackets: 0,
      heldKbps: 0,
      heldPackets: 0,
      takenKbps: 0,
    }
  })
}

function medianRtt({ rtts }: MeetingFacts): number {
  return rtts.map(([, rttMs]) => rttMs).toSorted((a, b) => a - b)[rtts.length >> 1] ?? 0
}

/** Whether `copies` more fit, beside what is there and what is held for streams still to come. */
export function hasRoom(line: Line, copy: Copy, share: number, copies = 1): boolean {
  return (
    line.sentKbps + line.heldKbps + copies * copy.kbps <= line.upKbps * share &&
    line.sentPackets + line.heldPackets + copies * copy.packets <= line.packets * share
  )
}

/** The same for what goes before all that is still to come. */
export function hasRoomFirst(line: Line, copy: Copy, share: number): boolean {
  return line.sentKbps + copy.kbps <= line.upKbps * share && line.sentPackets + copy.packets <= line.packets * share
}

export function send(line: Line, copy: Copy, copies = 1): void {
  line.sentKbps += copies * copy.kbps
  line.sentPackets += copies * copy.packets
}

export function hold(line: Line, copy: Copy, copies = 1): void {
  line.heldKbps += copies * copy.kbps
  line.heldPackets += copies * copy.packets
}

export function rttOf(child: Line, parent: Line): number {
  return child.rtts[parent.index] ?? Number.POSITIVE_INFINITY
}

/** Who has measured nobody yet is on its way to everybody, and goes straight until it has. */
export function canGoStraight(child: Line, source: Line): boolean {
  return child.isNew || rttOf(child, source) < Number.POSITIVE_INFINITY
}

/**
 * What it costs to have `carrier` pass a copy on: its size, dearer where the line is fuller, so that load spreads, and
 * where the way is longer. Infinite where there is no way.
 */
export function priceOf(copy: Copy & { readonly layer: Layer }, carrier: Line, child: Line, source: Line): number {
  const wayMs = rttOf(child, carrier) + knownRtt(carrier, source)
  return (copy.kbps + hopKbps(copy.layer)) * carrier.care * (1 + usedShare(carrier)) * (1 + wayMs / FAR_MS)
}

/** How dear a carrier is to whoever may come. */
export function standPrice(carrier: Line, source: Line): number {
  return carrier.care * (1 + usedShare(carrier)) * (1 + knownRtt(carrier, source) / FAR_MS)
}

function usedShare({ sentKbps, heldKbps, upKbps }: Line): number {
  return (sentKbps + heldKbps) / Math.max(1, upKbps)
}

function knownRtt(from: Line, to: Line): number {
  const rttMs = rttOf(from, to)
  return rttMs === Number.POSITIVE_INFINITY ? FAR_MS : rttMs
}
