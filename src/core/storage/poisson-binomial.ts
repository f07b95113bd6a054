/**
 * The chance that at least `k` of several independent things happen, each with a probability of its own: exact, in
 * n times k steps. Only the counts below k are kept, since the rest is what remains to 1.
 */
export function atLeast(probabilities: readonly number[], k: number): number {
  if (k <= 0) return 1
  if (probabilities.length < k) return 0
  return 1 - sumOf(countsBelow(probabilities, k))
}

/** The chance of exactly 0, 1, ... k - 1 of them. */
function countsBelow(probabilities: readonly number[], k: number): Float64Array {
  const chances = new Float64Array(k)
  chances[0] = 1
  for (const probability of probabilities) addTo(chances, probability)
  return chances
}

/** One more thing that may happen; for searches that grow a set step by step. */
export function addTo(chances: Float64Array, probability: number): void {
  for (let count = chances.length - 1; count > 0; count--) {
    chances[count] = (chances[count] as number) * (1 - probability) + (chances[count - 1] as number) * probability
  }
  chances[0] = (chances[0] as number) * (1 - probability)
}

/** The chance that fewer than k happened. */
export function sumOf(chances: Float64Array): number {
  let sum = 0
  for (const chance of chances) sum += chance
  return Math.min(1, sum)
}
