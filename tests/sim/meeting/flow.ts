/**
 * One second of media: who gets how much of what it wants, by the lines as they truly are. Also the most that could have
 * been had: what is wanted, or what all lines give together.
 */
import type { Layer, MediaId } from '../../../src/protocol/media.ts'
import type { Want } from '../../../src/protocol/media-worker.ts'
import type { SimCaller } from './sim-caller.ts'
import { SENT } from './small-rooms.ts'

export type Flow = {
  readonly wantedKbps: number
  /** What all lines give together that pass on, and what the others send of their own. */
  readonly supplyKbps: number
  readonly servedKbps: number
  readonly wanted: number
  /** Of these, those that came whole, or as the small picture. */
  readonly served: number
  /** Of all voices, the share that came whole. */
  readonly wholeVoices: number
  /** A few that did not come, in words. */
  readonly missing: readonly string[]
}

/** What came whole: a frame in ten may be late. */
const WHOLE = 0.9

export function flow(here: readonly SimCaller[]): Flow {
  const callers = new Map(here.map((caller) => [caller.id, caller]))
  const loads = new Map<MediaId, number>()
  for (const caller of here) {
    for (const [key, want] of caller.takes) {
      const parent = parentOf(callers, want)
      if (parent !== undefined && has(callers, parent, key, want)) loads.set(parent.id, (loads.get(parent.id) ?? 0) + SENT[want.layer].kbps)
    }
  }
  const shared = new Map<string, number>()
  for (const { id, truth } of here)
    if (truth.line !== undefined) shared.set(truth.line, (shared.get(truth.line) ?? 0) + (loads.get(id) ?? 0))
  const loadOf = ({ id, truth }: SimCaller) => (truth.line === undefined ? loads.get(id) : shared.get(truth.line)) ?? 1
  const shareOf = (parent: SimCaller, source: MediaId) =>
    Math.min(1, parent.truth.uplinkKbps / loadOf(parent)) * (parent.id === source ? 1 : 1 - parent.truth.drops)
  for (const caller of here) caller.delivered = deliveredTo(callers, caller, shareOf)
  return measure(here, (caller, source, layer) => arrives(callers, caller, source, layer, shareOf))
}

type ShareOf = (parent: SimCaller, source: MediaId) => number

function deliveredTo(callers: ReadonlyMap<MediaId, SimCaller>, caller: SimCaller, shareOf: ShareOf): ReadonlyMap<MediaId, number> {
  const told = new Map<MediaId, { sum: number; count: number }>()
  for (const want of caller.takes.values()) {
    const parent = parentOf(callers, want)
    if (parent === undefined) continue
    const { sum, count } = told.get(parent.id) ?? { sum: 0, count: 0 }
    told.set(parent.id, { sum: sum + shareOf(parent, want.source) * SENT[want.layer].kbps, count: count + SENT[want.layer].kbps })
  }
  return new Map([...told].map(([id, { sum, count }]) => [id, Math.round((1_000 * sum) / count)]))
}

/** The worker asks the standby of a parent that fell silent. */
function parentOf(callers: ReadonlyMap<MediaId, SimCaller>, { parent, standby }: Want): SimCaller | undefined {
  return callers.get(parent) ?? (standby === undefined ? undefined : callers.get(standby))
}

function has(callers: ReadonlyMap<MediaId, SimCaller>, parent: SimCaller, key: string, { source }: Want, hops = 1): boolean {
  if (parent.id === source) return true
  const want = parent.takes.get(key)
  const next = want === undefined ? undefined : parentOf(callers, want)
  return want !== undefined && next !== undefined && hops < 5 && has(callers, next, key, want, hops + 1)
}

/** The share of a stream that comes over all its hops. */
function arrives(callers: ReadonlyMap<MediaId, SimCaller>, caller: SimCaller, source: MediaId, layer: Layer, shareOf: ShareOf): number {
  let share = 1
  let at = caller
  for (let hops = 0; hops < 5; hops++) {
    const want = at.takes.get(`${source} ${layer}`)
    const parent = want === undefined ? undefined : parentOf(callers, want)
    if (parent === undefined) return 0
    share *= shareOf(parent, source)
    if (parent.id === source) return share
    at = parent
  }
  return 0
}

function measure(here: readonly SimCaller[], shareOf: (caller: SimCaller, source: MediaId, layer: Layer) => number): Flow {
  const ids = new Set(here.map(({ id }) => id))
  const own = new Map<MediaId, number>()
  let [wantedKbps, servedKbps, wanted, served, voices, wholeVoices] = [0, 0, 0, 0, 0, 0]
  const missing: string[] = []
  for (const caller of here) {
    for (const { source, layer } of caller.wanted) {
      if (!ids.has(source)) continue
      const whole = shareOf(caller, source, layer)
      const small = layer === 'main' && whole < WHOLE ? shareOf(caller, source, 'thumb') : 0
      wantedKbps += SENT[layer].kbps
      servedKbps += Math.max(whole * SENT[layer].kbps, small * SENT.thumb.kbps)
      wanted++
      if (layer === 'audio') voices++
      if (layer === 'audio' && whole >= WHOLE) wholeVoices++
      if (Math.max(whole, small) >= WHOLE) served++
      else if (missing.length < 3) missing.push(`${layer} of ${source} at ${caller.id}: ${Math.round(whole * 100)} %`)
      own.set(source, (own.get(source) ?? 0) + SENT[layer].kbps)
    }
  }
  const gives = ({ id, truth }: SimCaller) =>
    truth.forwards > 0 && truth.drops === 0 ? truth.uplinkKbps : Math.min(truth.uplinkKbps, own.get(id) ?? 0)
  const supplyKbps = here.reduce((sum, caller) => sum + gives(caller), 0)
  return { wantedKbps, servedKbps, wanted, served, wholeVoices: wholeVoices / Math.max(1, voices), missing, supplyKbps }
}
