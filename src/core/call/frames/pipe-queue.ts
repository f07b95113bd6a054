/**
 * What stands in a pipe, as a channel would tell it. A pipe takes everything and paces it by what it measured of the path, up to
 * seconds late; only the other side's reports say how long packets stood. As long as a little time, it counts as full for
 * droppable layers; as long as a frame of a channel lives, twice, for the base too, which begins anew when the pipe is free.
 */
import { HOP_QUEUE_BYTES, HOP_QUEUE_MAX_BYTES, HOP_REPORT_MS, PIPE_LIFETIME_MS } from '../../../protocol/limits.ts'

/** Pacing itself delays by up to 20 ms, a busy processor by more. */
const FULL_MS = 80

/** Reports that did not come: nothing is sent any more, or nothing arrives. Either way the old one says nothing now. */
const STALE_MS = 3 * HOP_REPORT_MS

/** `queueMs`: of the last report, which came `sinceMs` ago. */
export function pipeQueueBytes(queueMs: number, sinceMs: number): number {
  if (sinceMs > STALE_MS) return 0
  const bytes = (HOP_QUEUE_BYTES * Math.max(0, queueMs)) / FULL_MS
  return queueMs > PIPE_LIFETIME_MS ? Math.max(bytes, HOP_QUEUE_MAX_BYTES) : bytes
}
