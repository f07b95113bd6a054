/** What a client tries on the ladder, from what its profile chose and what is open to it. */
import type { Technique } from '../../protocol/balance.ts'
import type { TechniqueChoice } from './choose-technique.ts'
import { type Attempt, RUNGS, type Rung } from './ladder.ts'

export type Ways = {
  readonly choice: TechniqueChoice
  /** Which reflector a technique would lead to; undefined: it cannot be had now. */
  readonly leadsTo: (technique: Technique) => string | undefined
}

const TECHNIQUE_OF: Readonly<Record<Exclude<Rung, 'profile'>, Technique>> = {
  'link-hint': 'link-hint',
  redirect: 'redirect',
  proxy: 'proxy',
}

/** One for each rung that has something to try; what rests is tried only when the profile says so. */
export function planAttempts({ choice, leadsTo }: Ways): readonly Attempt[] {
  return RUNGS.flatMap((rung) => {
    if (rung === 'profile') return attempt(rung, choice.technique, leadsTo)
    const technique = TECHNIQUE_OF[rung]
    return choice.resting.includes(technique) ? [] : attempt(rung, technique, leadsTo)
  })
}

function attempt(rung: Rung, technique: Technique | undefined, leadsTo: Ways['leadsTo']): readonly Attempt[] {
  const reflector = technique && leadsTo(technique)
  return technique === undefined || reflector === undefined ? [] : [{ rung, technique, reflector }]
}
