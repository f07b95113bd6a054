/** Bytes, speeds and waits in words. Figures are rounded to what a person can use: three digits, "about 2 min". */
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const digits = [0, 1, 2].map((count) => new Intl.NumberFormat('en', { maximumFractionDigits: count, useGrouping: false }))

function unitOf(bytes: number): number {
  let unit = 0
  // 999.5 would be shown as 1000: it belongs to the next unit.
  while (bytes / 1000 ** unit >= 999.5 && unit < UNITS.length - 1) unit++
  return unit
}

function inUnit(bytes: number, unit: number): string {
  const value = bytes / 1000 ** unit
  const places = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return digits[places]?.format(value) ?? String(value)
}

export function formatBytes(bytes: number): string {
  const unit = unitOf(bytes)
  return `${inUnit(bytes, unit)} ${UNITS[unit]}`
}

/** "31 of 50 MB": both in the unit of the whole, so that they compare at a glance. */
export function formatPart(doneBytes: number, totalBytes: number): string {
  const unit = unitOf(totalBytes)
  return `${inUnit(Math.min(doneBytes, totalBytes), unit)} of ${inUnit(totalBytes, unit)} ${UNITS[unit]}`
}

export function formatSpeed(bytesPerSecond: number): string {
  return `${formatBytes(Math.round(bytesPerSecond))}/s`
}

export function percentOf(doneBytes: number, totalBytes: number): number {
  return totalBytes === 0 ? 100 : Math.floor((100 * Math.min(doneBytes, totalBytes)) / totalBytes)
}

/** Never more exact than it can be known: seconds in fives, then minutes, then hours and tens of minutes. */
export function formatWait(ms: number): string {
  if (ms < 10_000) return 'a few seconds'
  if (ms < 55_000) return `about ${Math.round(ms / 5_000) * 5} s`
  if (ms < 55 * MINUTE_MS) return `about ${Math.max(1, Math.round(ms / MINUTE_MS))} min`
  if (ms < 10 * HOUR_MS) {
    const tens = Math.round(ms / (10 * MINUTE_MS))
    const minutes = (tens % 6) * 10
    return `about ${Math.floor(tens / 6)} h${minutes === 0 ? '' : ` ${minutes} min`}`
  }
  return ms < 48 * HOUR_MS ? `about ${Math.round(ms / HOUR_MS)} h` : `about ${Math.round(ms / (24 * HOUR_MS))} days`
}

/** "just now", "5 min ago", "yesterday", "3 days ago", then the date. */
export function formatAgo(thenMs: number, nowMs: number): string {
  const ms = Math.max(0, nowMs - thenMs)
  if (ms < MINUTE_MS) return 'just now'
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ago`
  if (ms < 24 * HOUR_MS) return `${Math.floor(ms / HOUR_MS)} h ago`
  const days = Math.floor(ms / (24 * HOUR_MS))
  if (days === 1) return 'yesterday'
  return days < 14 ? `${days} days ago` : new Date(thenMs).toISOString().slice(0, 10)
}
