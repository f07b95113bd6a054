/**
 * By which ways the picture of a source is tried that this tab cannot take straight, or should not: which technique leads to
 * whom, which of them the book chooses first, and what is tried after it, each member once. A way that a plan names is
 * the first for a device that redirects work for.
 */
import type { Technique } from '../../protocol/balance.ts'
import { DETOUR_MS } from '../../protocol/limits.ts'
import { chooseTechnique, type TechniqueChoice, type TechniqueTerms } from './choose-technique.ts'
import { type Attempt, RUNGS } from './ladder.ts'
import { planAttempts } from './plan-attempts.ts'

export type SourceWays = {
  /** Members that can pass it on, the best first by the metrics. */
  readonly order: readonly string[]
  /** Of them, those told as passing on for this meeting. */
  readonly onLease: ReadonlySet<string>
  /** Of them, those that the link names. */
  readonly hinted: ReadonlySet<string>
  /** For a newcomer. */
  readonly list: readonly string[]
  /** Whom the plan names, where this device goes by plans. */
  readonly planned: string | undefined
  /** The source itself, where the way to it leads by a server. */
  readonly byServer: string | undefined
  /** There is nothing to stay with: whatever rests, somebody is asked. */
  readonly goesOn: boolean
  /** Undefined: nobody measured it. */
  readonly rttOf: (id: string) => number | undefined
}

export type WaysPlan = { readonly attempts: readonly Attempt[]; readonly choice: TechniqueChoice }

const OPTIONS = ['turn', 'list', 'link-hint', 'redirect', 'proxy'] as const satisfies readonly Technique[]
/** Even chances from 0 to 1 that `waysToSource` takes. */
export const DRAWS = OPTIONS.length

/** `terms.draws`: one for each option. */
export function waysToSource(ways: SourceWays, terms: Omit<TechniqueTerms, 'costsMs'>): WaysPlan {
  const leadsTo = (technique: Technique) => leadOf(technique, ways)
  const options = OPTIONS.filter((technique) => leadsTo(technique) !== undefined)
  const draws = options.map((technique) => terms.draws[OPTIONS.indexOf(technique)] ?? 0.5)
  const costsMs = new Map(options.flatMap((technique) => costOf(technique, ways)))
  const drawn = chooseTechnique(options, { ...terms, costsMs, draws })
  const choice = standing(ways, drawn) ?? drawn
  const attempts = fill(onceEach(planAttempts({ choice, leadsTo })), ways, choice, terms.own.get('redirect')?.failedInRow ?? 0)
  return { attempts, choice }
}

/** A way that stands already, or that was planned, is no matter of chance as long as it works. */
function standing({ byServer, planned }: SourceWays, drawn: TechniqueChoice): TechniqueChoice | undefined {
  const technique = byServer !== undefined ? 'turn' : planned !== undefined ? 'redirect' : undefined
  if (technique === undefined || drawn.resting.includes(technique)) return undefined
  return { ...drawn, technique, because: 'given' }
}

function leadOf(technique: Technique, { order, onLease, hinted, list, planned, byServer }: SourceWays): string | undefined {
  switch (technique) {
    case 'turn':
      return byServer
    case 'list':
      return list.find((id) => order.includes(id))
    case 'link-hint':
      return order.find((id) => hinted.has(id))
    case 'redirect':
      return planned ?? order.find((id) => onLease.has(id))
    case 'proxy':
      return order.find((id) => !onLease.has(id) && id !== planned) ?? order.find((id) => id !== planned)
    default:
      return technique satisfies never
  }
}

function costOf(technique: Technique, ways: SourceWays): readonly (readonly [Technique, number])[] {
  const lead = leadOf(technique, ways)
  const rttMs = lead === undefined ? undefined : ways.rttOf(lead)
  return rttMs === undefined ? [] : [[technique, rttMs + (technique === 'turn' ? 0 : DETOUR_MS)]]
}

/** By whichever technique, who is asked is asked once. */
function onceEach(attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts.filter(({ reflector }, at) => attempts.findIndex((other) => other.reflector === reflector) === at)
}

/**
 * A rung that has nothing to try asks the next member. Of those who pass on for all two are asked: when nothing came from them it is the
 * others' turn, and where there are no others they are asked as anybody would be, if nothing else is left. A picture late is better than none.
 */
function fill(
  attempts: readonly Attempt[],
  { order, onLease, planned, goesOn }: SourceWays,
  { resting }: TechniqueChoice,
  failedBefore: number,
): readonly Attempt[] {
  const all = [...attempts]
  const isTold = (id: string) => onLease.has(id) || id === planned
  for (const rung of RUNGS) {
    if (rung === 'link-hint' || all.some((one) => one.rung === rung)) continue
    const left = order.filter((id) => all.every(({ reflector }) => reflector !== id))
    const redirects = all.filter(({ technique }) => technique === 'redirect').length
    const mayRedirect = !resting.includes('redirect') && redirects + failedBefore < REDIRECTS
    const isLast = all.every((one) => RUNGS.indexOf(one.rung) < RUNGS.indexOf(rung))
    const next = mayRedirect ? left[0] : (left.find((id) => !isTold(id)) ?? (goesOn && isLast ? left[0] : undefined))
    if (next !== undefined) all.push({ rung, technique: mayRedirect && isTold(next) ? 'redirect' : 'proxy', reflector: next })
  }
  return RUNGS.flatMap((rung) => all.filter((one) => one.rung === rung))
}

/** In vain one after the other, with those of ladders before. */
const REDIRECTS = 2
