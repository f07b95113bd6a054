/** The public API, a look back at a meeting: what other ways of planning would have done with what its tabs measured. */
import type { PolicyName } from '../core/replay/policy-names.ts'
import type { Replay } from '../core/replay/replay-meeting.ts'
import type { MeetingLog } from '../protocol/meeting-log.ts'

export interface LookBack {
  /** A log as it is kept: of this call by `stats.log()`. It names tabs by numbers and nobody by name. */
  file(log: MeetingLog): Promise<Blob>
  /**
   * Plans a log again, beside the call: one of `stats.log()`, or a file that was saved. With no policies named, by all of them.
   * Who is in the call stands in its words as tab id, others as `#<number>`. Rejects with `aborted`.
   */
  replay(log: MeetingLog | Blob, options?: LookBackOptions): Promise<LookedBack>
}

export type LookBackOptions = {
  readonly policies?: readonly PolicyName[]
  readonly onProgress?: (progress: { readonly done: number; readonly of: number }) => void
  readonly signal?: AbortSignal
}

export type LookedBack =
  | { readonly kind: 'replayed'; readonly replay: Replay }
  /** `text`: a sentence for people. */
  | { readonly kind: 'refused'; readonly reason: 'no-log' | 'too-large'; readonly text: string }

export type { PolicyReplay } from '../core/replay/replay-meeting.ts'
export type { Figures } from '../core/replay/tally-rounds.ts'
export type { PolicyName, Replay }
