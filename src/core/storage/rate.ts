/**
 * Speed and time left of one transfer, smoothed over the last ten seconds. Nothing is guessed in the first three: an
 * estimate from one burst is a lie people remember.
 */
type Sample = { readonly atMs: number; readonly bytes: number }

/** `samples`: bytes done at times, oldest first, at most one per SAMPLE_EVERY_MS. */
export type Rate = { readonly startedAtMs: number; readonly samples: readonly Sample[] }

export type Figures = { readonly bytesPerSecond: number; readonly etaMs: number | undefined }

const SMOOTHED_OVER_MS = 10_000
const SAMPLE_EVERY_MS = 250
const SILENT_AT_FIRST_MS = 3_000

export function startRate(nowMs: number, doneBytes: number): Rate {
  return { startedAtMs: nowMs, samples: [{ atMs: nowMs, bytes: doneBytes }] }
}

export function noteDone(rate: Rate, nowMs: number, doneBytes: number): Rate {
  const last = rate.samples.at(-1)
  if (last !== undefined && nowMs - last.atMs < SAMPLE_EVERY_MS) return rate
  // One sample older than the window stays, so that the window is covered to its edge.
  const firstWithin = rate.samples.findIndex(({ atMs }) => nowMs - atMs <= SMOOTHED_OVER_MS)
  const kept = rate.samples.slice(Math.max(0, firstWithin - 1))
  return { ...rate, samples: [...kept, { atMs: nowMs, bytes: doneBytes }] }
}

export function figuresOf(rate: Rate, nowMs: number, doneBytes: number, totalBytes: number): Figures {
  const first = rate.samples.find(({ atMs }) => nowMs - atMs <= SMOOTHED_OVER_MS) ?? rate.samples.at(-1)
  const elapsedMs = first === undefined ? 0 : nowMs - first.atMs
  const bytesPerSecond = elapsedMs <= 0 ? 0 : Math.max(0, ((doneBytes - (first?.bytes ?? 0)) * 1000) / elapsedMs)
  const isEarly = nowMs - rate.startedAtMs < SILENT_AT_FIRST_MS
  const etaMs = isEarly || bytesPerSecond === 0 ? undefined : ((totalBytes - doneBytes) * 1000) / bytesPerSecond
  return { bytesPerSecond, etaMs }
}
