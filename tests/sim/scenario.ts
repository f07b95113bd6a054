/** What a scenario is, and how one is run with a seed. */
import type { Brain } from './brain.ts'
import { World } from './world.ts'

export type Outcome = {
  readonly nodes: number
  readonly figures?: Readonly<Record<string, number>>
}

export type Scenario = {
  readonly name: string
  /** The group of shared figures it counts to. */
  readonly area: 'room' | 'storage' | 'meeting' | 'balance'
  /** Small enough for a unit test, or as large as one likes to wait for. */
  readonly run: (world: World, brain: Brain, size: 'small' | 'large') => Outcome
}

export type Report = Outcome & {
  readonly events: number
  readonly seconds: number
  readonly violations: readonly string[]
  readonly traceHash: string
}

/** A thrown assertion is a violation like any other. */
export function runScenario(scenario: Scenario, seed: number, brain: Brain, size: 'small' | 'large'): Report {
  const world = new World(seed)
  const startedMs = performance.now()
  let outcome: Outcome = { nodes: 0 }
  try {
    outcome = scenario.run(world, brain, size)
  } catch (error) {
    world.must(false, () => String(error))
  }
  const seconds = (performance.now() - startedMs) / 1000
  return { ...outcome, events: world.events, seconds, violations: world.violations, traceHash: world.trace.hash }
}
