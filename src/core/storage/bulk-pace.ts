/**
 * How fast bulk bytes may leave over one link. Round trips that stay longer say that we fill somebody's queue: then we
 * send less, at once and by a third, and more again by a tenth at a time. One long trip between short ones says only that
 * a processor was busy. While a call runs hardly any queue is left to it, and it begins slowly: a line that is filled at once
 * holds up voices before anybody can measure it.
 */
import { DATA_CHANNEL_HIGH_WATER_BYTES, DATA_PAYLOAD_BYTES, FAR_MS } from '../../protocol/limits.ts'

export type Pace = {
  /** undefined: as fast as the wire takes it. */
  readonly bytesPerSecond: number | undefined
  /** No queue was seen yet: the rate still looks for what the path carries. */
  readonly isProbing: boolean
  /** The shortest round trip of each of the last minutes, newest first: a path may change, and a minute may be busy throughout. */
  readonly rttsMs: readonly number[]
  readonly minuteAtMs: number
  /** The last round trips, newest first. */
  readonly latestMs: readonly number[]
  readonly sentBytes: number
  readonly atMs: number
}

export type PaceFacts = {
  readonly rttMs: number
  /** Payload put on the link since its beginning. */
  readonly sentBytes: number
  readonly isCallRunning: boolean
}

const MINUTES = 10
const MINUTE_MS = 60_000
/** Round trips in a row that must be long. */
const STANDING = 4
const STANDING_IN_CALL = 2
const QUEUE_IN_CALL_MS = 15
const QUEUE_MS = 40
const LEAST_BYTES_PER_SECOND = 64 * 1024
/** Half of a usual line at home: doubled with each round trip that stays short. */
const FIRST_IN_CALL_BYTES_PER_SECOND = 1024 * 1024
/**
 * However short the round trips: above it one burst overflows a socket, and what was lost is sent again after seconds in which nothing
 * else of the connection gets through.
 */
const MOST_IN_CALL_BYTES_PER_SECOND = 6 * 1024 * 1024

/** Bytes in a channel that is full are waited for by whatever is urgent. */
const BUFFERED_MS = 150

export function startPace(nowMs: number): Pace {
  return { bytesPerSecond: undefined, isProbing: true, rttsMs: [], minuteAtMs: nowMs, latestMs: [], sentBytes: 0, atMs: nowMs }
}

export function baseRttOf({ rttsMs }: Pace): number | undefined {
  return rttsMs.length === 0 ? undefined : Math.min(...rttsMs)
}

/** How fast bytes may leave now: a call that began since the last round trip counts at once. */
export function rateNow({ bytesPerSecond }: Pace, isCallRunning: boolean): number | undefined {
  return bytesPerSecond ?? (isCallRunning ? FIRST_IN_CALL_BYTES_PER_SECOND : undefined)
}

/** A round trip was measured. */
export function paceStep(pace: Pace, facts: PaceFacts, nowMs: number): Pace {
  const elapsedMs = Math.max(1, nowMs - pace.atMs)
  const sendsPerSecond = ((facts.sentBytes - pace.sentBytes) * 1000) / elapsedMs
  const isNewMinute = nowMs - pace.minuteAtMs >= MINUTE_MS
  const [shortest = facts.rttMs, ...before] = pace.rttsMs
  const rttsMs = isNewMinute ? [facts.rttMs, ...pace.rttsMs].slice(0, MINUTES) : [Math.min(shortest, facts.rttMs), ...before]
  const minuteAtMs = isNewMinute ? nowMs : pace.minuteAtMs
  const latestMs = [facts.rttMs, ...pace.latestMs].slice(0, facts.isCallRunning ? STANDING_IN_CALL : STANDING)
  const next: Pace = { ...pace, rttsMs, minuteAtMs, latestMs, sentBytes: facts.sentBytes, atMs: nowMs }
  const baseMs = baseRttOf(next) ?? facts.rttMs
  const queueMs = Math.min(...latestMs) - baseMs
  const { isCallRunning } = facts
  if (!isCallRunning && baseMs < FAR_MS) return { ...next, bytesPerSecond: undefined, isProbing: true }
  const allowedMs = isCallRunning ? Math.max(QUEUE_IN_CALL_MS, baseMs / 2) : Math.max(QUEUE_MS, baseMs)
  if (queueMs > allowedMs) return { ...next, bytesPerSecond: cut(pace.bytesPerSecond, sendsPerSecond), isProbing: false }
  if (pace.bytesPerSecond === undefined) return { ...next, bytesPerSecond: rateNow(pace, isCallRunning) }
  const isCalm = queueMs < allowedMs / 4
  const raised = raise(pace, pace.bytesPerSecond, sendsPerSecond, isCalm, isCallRunning)
  return { ...next, bytesPerSecond: isCallRunning ? Math.min(MOST_IN_CALL_BYTES_PER_SECOND, raised ?? Number.POSITIVE_INFINITY) : raised }
}

function cut(before: number | undefined, sends: number): number {
  return Math.max(LEAST_BYTES_PER_SECOND, (Math.min(before ?? sends, sends) * 2) / 3)
}

/** What is not used is not raised: a bound far above the traffic is none, and goes outside a call. */
function raise({ isProbing }: Pace, before: number, sends: number, isCalm: boolean, isCallRunning: boolean): number | undefined {
  if (sends > before * 0.7) return isProbing && isCalm ? before * 2 : before * 1.1 + LEAST_BYTES_PER_SECOND / 2
  return isCalm && !isCallRunning && sends < before / 4 ? undefined : before
}

/** Bytes that may wait in one channel. */
export function highWaterOf(bytesPerSecond: number): number {
  const bytes = (bytesPerSecond * BUFFERED_MS) / 1000
  return Math.max(4 * DATA_PAYLOAD_BYTES, Math.min(DATA_CHANNEL_HIGH_WATER_BYTES, bytes))
}

/** Credit of a sender that may send so much a second; at most a tenth of a second is saved up. */
export type Bucket = { readonly bytes: number; readonly atMs: number }

/** How long to wait before so many bytes may leave, and the bucket once they have. */
export function takeFrom(
  bucket: Bucket,
  bytes: number,
  bytesPerSecond: number | undefined,
  nowMs: number,
): { readonly next: Bucket; readonly waitMs: number } {
  if (bytesPerSecond === undefined) return { next: { bytes: 0, atMs: nowMs }, waitMs: 0 }
  const saved = Math.min(bytesPerSecond / 10, bucket.bytes + ((nowMs - bucket.atMs) * bytesPerSecond) / 1000)
  const left = saved - bytes
  return { next: { bytes: left, atMs: nowMs }, waitMs: left >= 0 ? 0 : (-left * 1000) / bytesPerSecond }
}
