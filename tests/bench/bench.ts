/** What a bench is given and what it gives back. A figure that could not be measured is absent, and a note says why. */
export type Figures = Readonly<Record<string, number>>

export type Report = {
  readonly figures: Figures
  /** How often each side was measured. */
  readonly rounds: number
  /** What was compared, by name and version. */
  readonly peers: Readonly<Record<string, string>>
  readonly notes: readonly string[]
  /** Every single measurement, so that a median can be doubted. */
  readonly samples: Readonly<Record<string, readonly number[]>>
}

export type BenchOptions = {
  readonly isQuick: boolean
  /** Parts to measure, by the beginnings of their names; all when there is none. A bench without parts takes no notice. */
  readonly only: readonly string[]
  readonly say: (line: string) => void
}
export type Bench = (options: BenchOptions) => Promise<Report>

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[middle - 1] ?? Number.NaN, sorted[middle] ?? Number.NaN]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

export type Contestant = { readonly name: string; readonly measure: () => Promise<number> }

/**
 * Runs the contestants A B C A B C, so that what changes on the machine in the course of a run falls on all of them alike.
 * One that throws is left out from then on; its error comes back as a note.
 */
export async function interleave(
  contestants: readonly Contestant[],
  rounds: number,
  say: (line: string) => void,
): Promise<{ samples: Record<string, number[]>; notes: string[] }> {
  const samples: Record<string, number[]> = {}
  const notes: string[] = []
  const failed = new Set<string>()
  for (let round = 1; round <= rounds; round++) {
    for (const { name, measure } of contestants.filter((one) => !failed.has(one.name))) {
      try {
        const value = await measure()
        samples[name] = [...(samples[name] ?? []), value]
        say(`round ${round}: ${name} ${value.toFixed(1)}`)
      } catch (error) {
        failed.add(name)
        notes.push(`${name} could not be measured: ${error instanceof Error ? error.message : error}`)
      }
    }
  }
  return { samples, notes }
}

/** A ratio of medians, as an entry to spread into figures; nothing when either side is missing. */
export function ratio(name: string, ours: readonly number[] | undefined, theirs: readonly number[] | undefined): Figures {
  return ours === undefined || theirs === undefined ? {} : { [name]: median(ours) / median(theirs) }
}
