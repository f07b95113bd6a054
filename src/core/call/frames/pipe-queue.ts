/**
 * What stands in a pipe, as a channel would tell it. A pipe takes everything and paces it by what it measured of the path, up to
 * seconds late; only the other side's reports say how long packets stood. As long as a little time, it counts as full for
 * droppable layers.
 */
import { HOP_QUEUE_BYTES, HOP_REPORT_MS } from '../../../protocol/limits.ts'

/** Pacing itself delays by up to 20 ms, a busy processor by more. */
const FULL_MS = 80

/** Reports that did not come: nothing is sent any more, or nothing arrives. Either way the old one says nothing now. */
const STALE_MS = 3 * HOP_REPORT_MS

/** `queueMs`: of the last report, which came `sinceMs` ago. */
export function pipeQueueBytes(queueMs: number, sinceMs: number): number {
  return sinceMs > STALE_MS ? 0 : (HOP_QUEUE_BYTES * Math.max(0, queueMs)) / FULL_MS
}
