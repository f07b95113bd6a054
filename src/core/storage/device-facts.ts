/**
 * What a device is worth as a place, learned from what it says of itself. Availability is the share of its life it was
 * in the room, mixed with what is usual while that life is short; the mix is the mean of a Beta distribution.
 */
import { toBase64Url } from '../../protocol/bytes.ts'
import type { DeviceRecord } from '../../protocol/object.ts'
import type { DeviceFacts } from './plan-facts.ts'

const DAY_MS = 24 * 60 * 60_000

/** What is usual, and for how much observed time it stands: half a day. */
const USUAL = { persisted: 0.5, others: 0.25 } as const
const USUAL_MS = DAY_MS / 2

/** Of long-lived devices one in a year is wiped, sold or broken; a browser that promised nothing also evicts. */
const LOSS_PER_DAY = { persisted: 1 / 365, others: 1 / 60 } as const

/** First visits are often the last: one device in twenty is lost on its first day for that reason, and ever fewer as it ages. */
const NEVER_BACK = 0.05

/** Losses are told as the mean of this time ahead: what is likeliest today says little about the month. */
const AHEAD_DAYS = 30

export type Seen = { readonly isHere: boolean; readonly awayMs: number; readonly rttMs: number | undefined }

export function factsOf(record: DeviceRecord, seen: Seen, nowMs: number): DeviceFacts {
  const kind = record.persisted ? 'persisted' : 'others'
  const sinceMs = seen.isHere ? Math.max(0, nowMs - record.atMs) : 0
  const ageMs = Math.max(1, nowMs - record.firstSeenAtMs, record.onlineMs)
  const onlineMs = Math.min(ageMs, record.onlineMs + sinceMs)
  return {
    id: record.device,
    isHere: seen.isHere,
    awayMs: seen.isHere ? 0 : Math.max(0, seen.awayMs),
    segment: record.segment === null ? undefined : toBase64Url(record.segment),
    rttMs: seen.rttMs,
    availability: (onlineMs + USUAL[kind] * USUAL_MS) / (ageMs + USUAL_MS),
    lossPerDay: LOSS_PER_DAY[kind] + neverBackPerDay(ageMs / DAY_MS),
    freeBytes: Math.max(0, record.quotaBytes - record.keptBytes),
    isVisitor: record.visitor,
  }
}

/** The hazard falls as 1 / (1 + age^2), so what lies ahead of a device is the difference of two arcs. */
function neverBackPerDay(ageDays: number): number {
  return (NEVER_BACK * (Math.atan(ageDays + AHEAD_DAYS) - Math.atan(ageDays))) / AHEAD_DAYS
}
