/** Round trips are measured all the time; who shows or weighs them is told of those that say something new. */

/** Less is how long a tab took to look. */
const JITTER_MS = 5

export function isNews(toldMs: number | undefined, nowMs: number): boolean {
  return toldMs === undefined || Math.abs(nowMs - toldMs) > Math.max(JITTER_MS, toldMs / 4)
}
