/**
 * What can be had at all, before anybody asks how. A tab whose own line down is short gets fewer layers, which troubles
 * nobody else. When all lines up together are short, voices and screens stay, full pictures go to as many as can be, the
 * most wanted first, and the others take the small ones.
 */
import type { Demand } from './demands.ts'
import { type KeptPlan, keptOf } from './kept-plan.ts'
import { CRAM, FILL, KEEP, type Line } from './lines.ts'

/** Sets what each tab takes. Demands come in the order of their worth, and leave in it. */
export function admitPictures(demands: readonly Demand[], kept: KeptPlan, lines: readonly Line[]): readonly Demand[] {
  const fitting = takeDown(demands, kept)
  return shortenUp(fitting, kept, lines)
}

/** Who must do without a full picture wants the small one, where there is one. */
export function wantSmall(demand: Demand, shortened: readonly Line[]): Demand {
  return { ...demand, wanters: [...new Set([...demand.wanters, ...shortened])] }
}

function takeDown(demands: readonly Demand[], kept: KeptPlan): readonly Demand[] {
  const shortened = new Map<Line, Line[]>()
  return demands.map((plain) => {
    const demand = plain.layer === 'thumb' ? wantSmall(plain, shortened.get(plain.source) ?? []) : plain
    const { without } = keptOf(kept, demand)
    const share = (line: Line) => (without.has(line) ? FILL : KEEP)
    const fits = (line: Line) => demand.layer === 'audio' || line.takenKbps + demand.kbps <= line.downKbps * share(line)
    const { yes = [], no = [] } = Object.groupBy(demand.wanters, (line) => {
      const isAdmitted = fits(line)
      if (isAdmitted) line.takenKbps += demand.kbps
      return isAdmitted ? 'yes' : 'no'
    })
    if (demand.layer === 'main') shortened.set(demand.source, no)
    return { ...demand, wanters: yes, without: no }
  })
}

function shortenUp(demands: readonly Demand[], kept: KeptPlan, lines: readonly Line[]): readonly Demand[] {
  const supply = supplyOf(demands, lines)
  const asked = demands.reduce((sum, { kbps, wanters }) => sum + kbps * wanters.length, 0)
  const wasShort = demands.some((demand) => demand.layer === 'main' && keptOf(kept, demand).without.size > 0)
  if (asked <= supply * (wasShort ? FILL : CRAM)) return demands
  const admitted = admitFull(demands, kept, supply)
  const shortened = new Map<Line, readonly Line[]>()
  return demands.map((demand) => {
    if (demand.layer === 'thumb') return wantSmall(demand, shortened.get(demand.source) ?? [])
    if (demand.layer !== 'main') return demand
    const no = demand.wanters.filter((line) => !admitted.get(demand)?.has(line))
    shortened.set(demand.source, no)
    for (const line of no) line.takenKbps -= demand.kbps
    return { ...demand, wanters: demand.wanters.filter((line) => admitted.get(demand)?.has(line)), without: [...demand.without, ...no] }
  })
}

/** What all lines give together. Who passes nothing on gives no more than its own streams are wanted. */
function supplyOf(demands: readonly Demand[], lines: readonly Line[]): number {
  const own = new Map<Line, number>()
  for (const { source, kbps, wanters } of demands) own.set(source, (own.get(source) ?? 0) + kbps * wanters.length)
  return lines.reduce((sum, line) => sum + (line.forwards > 0 ? line.upKbps : Math.min(line.upKbps, own.get(line) ?? 0)), 0)
}

/** Everybody is counted with the small picture; who had the full one keeps it before others get it. */
function admitFull(demands: readonly Demand[], kept: KeptPlan, supply: number): ReadonlyMap<Demand, ReadonlySet<Line>> {
  const smallOf = new Map(demands.filter(({ layer }) => layer === 'thumb').map(({ source, kbps }) => [source, kbps]))
  const full = demands.filter(({ layer }) => layer === 'main').toSorted((a, b) => b.wanters.length - a.wanters.length)
  const others = demands.filter(({ layer }) => layer !== 'main').reduce((sum, { kbps, wanters }) => sum + kbps * wanters.length, 0)
  let used = full.reduce((sum, { source, wanters }) => sum + wanters.length * (smallOf.get(source) ?? 0), others)
  const admitted = new Map<Demand, Set<Line>>(full.map((demand) => [demand, new Set()]))
  for (const isAgain of [true, false]) {
    for (const demand of full) {
      const more = demand.kbps - (smallOf.get(demand.source) ?? 0)
      const { without } = keptOf(kept, demand)
      for (const line of demand.wanters) {
        if (without.has(line) === isAgain || used + more > supply * (isAgain ? CRAM : FILL)) continue
        admitted.get(demand)?.add(line)
        used += more
      }
    }
  }
  return admitted
}
