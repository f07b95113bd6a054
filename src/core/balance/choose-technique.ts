/**
 * By which technique a client comes to another reflector. Each that is not resting is drawn from what was seen of it (Thompson
 * sampling): what works is taken mostly, what is little known now and then. A success is worth less by a longer
 * way. A client of which nobody knows anything gets the default, which works wherever anything does.
 */
import type { Technique } from '../../protocol/balance.ts'
import { PRIOR_TRIES } from '../../protocol/limits.ts'
import { betaQuantile } from './beta.ts'
import { fade, isResting, NO_TALLY, type Tally } from './tally.ts'

export type Tallies = ReadonlyMap<Technique, Tally>

/** What others found, by the relay's averages or of this client's class. */
export type Prior = { readonly succeeded: number; readonly failed: number }

export type TechniqueTerms = {
  readonly own: Tallies
  readonly priors: ReadonlyMap<Technique, Prior>
  readonly nowMs: number
  /** How long the way would be, where that is known; elsewhere a hop or a detour counts by experience. */
  readonly costsMs?: ReadonlyMap<Technique, number>
  /** Evenly between 0 and 1, one for each option. */
  readonly draws: readonly number[]
}

export type TechniqueChoice = {
  /** Undefined: there is none, or all failed lately; then it stays where it is. */
  readonly technique: Technique | undefined
  /** `given`: a way stands already, or was planned, and that is kept to. */
  readonly because: 'default' | 'all-rest' | 'drawn' | 'given'
  /** Those that failed and are left alone. */
  readonly resting: readonly Technique[]
  /** Of the chosen one, as far as was seen. */
  readonly tries: number
  readonly successes: number
}

export const DEFAULT_TECHNIQUE: Technique = 'proxy'

/** Going straight is best; whoever passes on adds a hop, a server in between a detour and its price. */
const WORTH: Readonly<Record<Technique, number>> = { redirect: 1, 'link-hint': 1, list: 1, proxy: 0.7, turn: 0.5 }

/** `options`: those that can be had now. The default is tried even when it failed lately: nothing else could do better. */
export function chooseTechnique(options: readonly Technique[], terms: TechniqueTerms): TechniqueChoice {
  const { own, nowMs, draws } = terms
  const tallyOf = (technique: Technique) => fade(own.get(technique) ?? NO_TALLY, nowMs)
  const resting = options.filter((technique) => isResting(own.get(technique) ?? NO_TALLY, nowMs))
  const choose = (technique: Technique | undefined, because: TechniqueChoice['because']): TechniqueChoice => {
    const { tries, successes } = technique === undefined ? NO_TALLY : tallyOf(technique)
    return { technique, because, resting, tries, successes }
  }
  const awake = options.filter((technique) => !resting.includes(technique))
  const byDefault = (among: readonly Technique[]) => among.find((technique) => technique === DEFAULT_TECHNIQUE)
  const [first] = awake
  if (first === undefined) return choose(byDefault(options), 'all-rest')
  const isUnknown = options.every((technique) => tallyOf(technique).tries === 0 && terms.priors.get(technique) === undefined)
  if (isUnknown) return choose(byDefault(awake) ?? first, 'default')
  const shortestMs = Math.min(...awake.map((technique) => terms.costsMs?.get(technique) ?? Number.POSITIVE_INFINITY))
  const worthOf = (technique: Technique) => {
    const costMs = terms.costsMs?.get(technique)
    return costMs === undefined ? WORTH[technique] : shortestMs / Math.max(1, costMs)
  }
  const drawn = awake.map((technique) => {
    const { succeeded, failed } = boundedPrior(terms.priors.get(technique))
    const { tries, successes } = tallyOf(technique)
    const chance = betaQuantile(draws[options.indexOf(technique)] ?? 0.5, 1 + succeeded + successes, 1 + failed + tries - successes)
    return { technique, value: chance * worthOf(technique) }
  })
  const best = drawn.reduce((a, b) => (b.value > a.value ? b : a))
  return choose(best.technique, 'drawn')
}

/** The share of what others found, with the weight of a few own tries. */
export function boundedPrior({ succeeded, failed }: Prior = { succeeded: 0, failed: 0 }): Prior {
  const scale = Math.min(1, PRIOR_TRIES / Math.max(1, succeeded + failed))
  return { succeeded: succeeded * scale, failed: failed * scale }
}
