/** What a device keeps and may keep, as a bar and as stops of a slider. Nothing here makes use look smaller than it is. */
const GB = 1e9
const ROUND = [0, 0.1 * GB, 0.25 * GB, 0.5 * GB, GB, 2 * GB, 5 * GB, 10 * GB, 20 * GB, 50 * GB, 100 * GB, 200 * GB, 500 * GB, 1000 * GB]

/** Where the slider can stand: round amounts up to what the browser would allow, that itself, and what is set now. */
export function quotaStops(browserQuotaBytes: number, quotaBytes: number): readonly number[] {
  const stops = new Set(ROUND.filter((bytes) => bytes <= browserQuotaBytes))
  if (browserQuotaBytes > 0) stops.add(browserQuotaBytes)
  stops.add(quotaBytes)
  return [...stops].toSorted((a, b) => a - b)
}

export type StorageBar = {
  /** Of the bar's length, 0 to 1: what others count on, what may go first, and where the bound lies. */
  readonly kept: number
  readonly spare: number
  readonly bound: number
  readonly overBytes: number
}

/** The bar is as long as the larger of the two: more than allowed shows beyond the bound, and is never cut off. */
export function storageBar(keptBytes: number, markedBytes: number, quotaBytes: number): StorageBar {
  const length = Math.max(keptBytes, quotaBytes, 1)
  const spare = Math.min(markedBytes, keptBytes)
  return {
    kept: (keptBytes - spare) / length,
    spare: spare / length,
    bound: quotaBytes / length,
    overBytes: Math.max(0, keptBytes - quotaBytes),
  }
}
