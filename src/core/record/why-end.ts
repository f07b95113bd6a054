/** When a recording ends by itself. What was kept until then stays. */
import { RECORD_WAITING_BYTES } from '../../protocol/limits.ts'

export type RecordingFacts = {
  readonly isInCall: boolean
  readonly mayRecord: boolean
  /** Of pieces that are not stored yet. */
  readonly waitingBytes: number
  /** What was kept could not be stored, or nothing more can be encoded. */
  readonly trouble: 'full' | 'broken' | undefined
}

export type EndReason = 'left' | 'role' | 'full' | 'slow' | 'broken'

export function whyEnd(facts: RecordingFacts): EndReason | undefined {
  if (facts.trouble !== undefined) return facts.trouble
  if (!facts.isInCall) return 'left'
  if (!facts.mayRecord) return 'role'
  return facts.waitingBytes > RECORD_WAITING_BYTES ? 'slow' : undefined
}
