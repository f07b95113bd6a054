/** What a storm tells at its end. */
export type Outcome = {
  rounds: number
  lostBytes: number
  wrongResults: number
  maxRecoveryMs: number
  failures: string[]
  /** What else this storm tells, by name. */
  figures?: Readonly<Record<string, number>>
}

export function nothingYet(): Outcome {
  return { rounds: 0, lostBytes: 0, wrongResults: 0, maxRecoveryMs: 0, failures: [] }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error)
}
