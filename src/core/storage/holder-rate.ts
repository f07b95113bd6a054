/**
 * How fast blocks come from one holder while it owes any. Bytes are summed over a fifth of a second or more before they
 * count, since blocks are hashed in bunches; then the newest sum counts half.
 */
import { RATE_AT_FIRST_BYTES_PER_SECOND } from '../../protocol/limits.ts'

export type HolderRate = {
  readonly bytesPerSecond: number
  readonly sinceMs: number | undefined
  readonly bytes: number
}

const SUMMED_OVER_MS = 200

export const RATE_START: HolderRate = { bytesPerSecond: RATE_AT_FIRST_BYTES_PER_SECOND, sinceMs: undefined, bytes: 0 }

/** It owes something from now on. */
export function beginOwing(rate: HolderRate, nowMs: number): HolderRate {
  return rate.sinceMs === undefined ? { ...rate, sinceMs: nowMs } : rate
}

/** `isIdle`: it owes nothing more. */
export function noteArrival(rate: HolderRate, nowMs: number, bytes: number, isIdle: boolean): HolderRate {
  const { sinceMs = nowMs } = rate
  const sum = rate.bytes + bytes
  const elapsedMs = nowMs - sinceMs
  if (elapsedMs < SUMMED_OVER_MS && !isIdle) return { ...rate, sinceMs, bytes: sum }
  const sample = (sum * 1000) / Math.max(1, elapsedMs)
  // A short answer says less than a long one: its time is mostly round trip.
  const weight = Math.min(0.5, (0.5 * elapsedMs) / SUMMED_OVER_MS)
  const bytesPerSecond = rate.bytesPerSecond * (1 - weight) + sample * weight
  return { bytesPerSecond, sinceMs: isIdle ? undefined : nowMs, bytes: 0 }
}

/** It let a reader wait: it comes after the others until it has shown better. */
export function noteLate(rate: HolderRate): HolderRate {
  return { ...rate, bytesPerSecond: Math.max(16 * 1024, rate.bytesPerSecond / 2) }
}
