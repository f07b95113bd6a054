/** Time as an argument. The simulator's clock jumps; a tab's clock is `performance` and `setTimeout`. */
export interface Clock {
  /** Wall clock, for people and records; may jump. */
  nowMs(): number
  /** Rises evenly; for waits and rates. */
  monotonicMs(): number
  /** Calls back once; returns the function that cancels. */
  after(delayMs: number, callback: () => void): () => void
}
