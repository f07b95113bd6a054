/** The plan before, in terms of the lines there are now. Whoever is gone is not in it. */
import { streamKey } from '../../../protocol/media.ts'
import type { MeetingPlan } from '../../../protocol/meeting.ts'
import type { Demand } from './demands.ts'
import type { Line } from './lines.ts'

export type KeptStream = {
  /** By child. A parent that is gone is undefined: the child was not served straight from its source either. */
  readonly parents: ReadonlyMap<Line, Line | undefined>
  readonly without: ReadonlySet<Line>
}

export type KeptPlan = ReadonlyMap<string, KeptStream>

const NOTHING: KeptStream = { parents: new Map(), without: new Set() }

export function readKept(before: MeetingPlan | undefined, lines: readonly Line[]): KeptPlan {
  const byId = new Map(lines.map((line) => [line.id, line]))
  const known = (id: number): Line[] => [byId.get(id)].filter((line) => line !== undefined)
  return new Map(
    (before?.streams ?? []).map((stream) => [
      streamKey(stream),
      {
        parents: new Map(stream.edges.flatMap(([child, parent]) => known(child).map((line) => [line, byId.get(parent)] as const))),
        without: new Set(stream.without.flatMap(known)),
      },
    ]),
  )
}

export function keptOf(kept: KeptPlan, { key }: Demand): KeptStream {
  return kept.get(key) ?? NOTHING
}

/** Who takes it straight from its source: those who want it and are not named, and those who only pass it on. */
export function straightOf({ wanters, source }: Demand, { parents, without }: KeptStream): readonly Line[] {
  const passing = new Set([...parents.values()].filter((line) => line !== undefined && line !== source && !parents.has(line)))
  const wanting = wanters.filter((line) => !parents.has(line) && !without.has(line))
  return [...new Set([...wanting, ...passing])].filter((line) => line !== undefined)
}
