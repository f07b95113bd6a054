/** A fair choice of a few among things that pass by once, however many come (reservoir sampling, algorithm R). */

/** Where in the sample the next one stands, in place of what stood there; undefined: nowhere. `chance`: 0 to 1. */
export function placeInSample(passed: number, size: number, chance: number): number | undefined {
  if (passed < size) return passed
  const place = Math.floor(chance * (passed + 1))
  return place < size ? place : undefined
}
