/**
 * What this device tells the relay of techniques, once a day at most, and what all devices of its kind told. Nothing else
 * goes along: no cookie, no id, and the moment is drawn, so that it says nothing of a meeting.
 */

import type { ClientProfile } from '../../core/balance/client-profile.ts'
import { type Counts, priorsOf, reportRows } from '../../core/balance/shared-counts.ts'
import { counterAverages } from '../../protocol/balance.ts'
import { encodeFrame, parseFrame } from '../../protocol/frame.ts'

const TYPE = 'application/cbor'

/** Empty when the relay does not know, or cannot be asked: one is as good as before. */
export async function askPriors(origin: string, client: ClientProfile, signal: AbortSignal): Promise<Counts> {
  try {
    const response = await fetch(`${origin}/counters`, { signal, credentials: 'omit' })
    const parsed = parseFrame(new Uint8Array(await response.arrayBuffer()), counterAverages)
    return parsed.kind === 'ok' ? priorsOf(parsed.message.rows, client) : new Map()
  } catch {
    return new Map()
  }
}

/** Whether it was taken, or there was nothing to tell. A relay that refuses is not asked again that day. */
export async function tellCounts(origin: string, client: ClientProfile, counts: Counts, signal: AbortSignal): Promise<boolean> {
  const rows = reportRows(counts, client)
  if (rows.length === 0) return false
  try {
    const body = encodeFrame({ t: 'report', rows })
    await fetch(`${origin}/counters`, { method: 'POST', body, headers: { 'content-type': TYPE }, signal, credentials: 'omit' })
    return true
  } catch {
    return false
  }
}
