/**
 * Which subscriptions have fallen silent, so that the standby is asked beside the parent, and which are fed by their parent again,
 * so that the standby is let go. The parent stays asked all the time: frames that come twice are dropped, and there is no
 * gap either way. A source that pauses is silent at every parent: its standby is asked once and stays asked until frames
 * come, so nothing flaps.
 */
import { PARENT_SILENT_MS } from '../../../protocol/limits.ts'
import type { MediaId, StreamId } from '../../../protocol/media.ts'

export type WatchedStream = {
  readonly stream: StreamId
  /** The planned one. */
  readonly parent: MediaId
  readonly standby: MediaId | undefined
  /** When the last frame came from the planned parent; undefined: none yet. */
  readonly lastFrameMs: number | undefined
  /** Frames of this stream, at the temporal layers that are asked for, come this often. */
  readonly expectedEveryMs: number
  /** The standby is asked too. */
  readonly isStandbyAsked: boolean
  /** Since when those who are asked now have been asked. */
  readonly sinceMs: number
}

/** `ask`: the standby too. `back`: to the planned parent alone. */
export type ParentsCheck<S> = { readonly ask: readonly S[]; readonly back: readonly S[] }

const FRAMES_MISSED = 3

/** Both are asked for this long at least: a parent that stutters is not left and joined with each word. */
const BOTH_MS = 2_000

export function checkParents<S extends WatchedStream>(streams: readonly S[], nowMs: number): ParentsCheck<S> {
  const ask = streams.filter((one) => !one.isStandbyAsked && one.standby !== undefined && isSilent(one, nowMs))
  const back = streams.filter((one) => one.isStandbyAsked && nowMs - one.sinceMs >= BOTH_MS && isFedAgain(one, nowMs))
  return { ask, back }
}

function silentAfterMs({ expectedEveryMs }: WatchedStream): number {
  return Math.max(PARENT_SILENT_MS, FRAMES_MISSED * expectedEveryMs)
}

function isSilent(one: WatchedStream, nowMs: number): boolean {
  return nowMs - Math.max(one.lastFrameMs ?? one.sinceMs, one.sinceMs) >= silentAfterMs(one)
}

function isFedAgain(one: WatchedStream, nowMs: number): boolean {
  return one.lastFrameMs !== undefined && nowMs - one.lastFrameMs < silentAfterMs(one)
}
