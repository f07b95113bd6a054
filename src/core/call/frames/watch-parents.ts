/**
 * Which subscriptions have fallen silent, so that the standby is asked beside the parent, and which are fed by their parent again,
 * so that the standby is let go. The parent stays asked all the time: frames that come twice are dropped, and there is no
 * gap either way. A source that pauses is silent at every parent: its standby is asked once and stays asked until frames
 * come, so nothing flaps. While both are asked it shows what each brings: a parent that brings less than the standby loses
 * frames on its own, or throws them away, and the standby stays beside it for as long as that is so.
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
  /** Since when those who are asked now have been asked, or since when what both bring is compared. */
  readonly sinceMs: number
  /** Frames of each since then, from COMPARED_FROM_MS on. */
  readonly brought: Brought
}

export type Brought = { readonly parent: number; readonly standby: number }

/** `ask`: the standby too. `back`: to the planned parent alone. `lossy`: the parent brings less than the standby, and both go on. */
export type ParentsCheck<S> = { readonly ask: readonly S[]; readonly back: readonly S[]; readonly lossy: readonly S[] }

const FRAMES_MISSED = 3

/** Both are asked for this long at least: a parent that stutters is not left and joined with each word. */
const BOTH_MS = 2_000

/** What the standby kept comes at once, and is no measure of what it brings. */
export const COMPARED_FROM_MS = 500

/** Of what the standby brings a line that loses a twentieth brings more; fewer frames than these say nothing. */
const LOSSY_SHARE = 0.85
const COMPARED_FRAMES = 8

/** `slackMs`: what frames may be later than usual because this device is late itself. */
export function checkParents<S extends WatchedStream>(streams: readonly S[], nowMs: number, slackMs = 0): ParentsCheck<S> {
  const ask = streams.filter((one) => !one.isStandbyAsked && one.standby !== undefined && isSilent(one, nowMs, slackMs))
  const both = streams.filter((one) => one.isStandbyAsked && nowMs - one.sinceMs >= BOTH_MS)
  const lossy = both.filter(isLossy)
  const back = both.filter((one) => !isLossy(one) && isFedAgain(one, nowMs, slackMs))
  return { ask, back, lossy }
}

function isLossy({ brought: { parent, standby } }: WatchedStream): boolean {
  return standby >= COMPARED_FRAMES && parent < LOSSY_SHARE * standby
}

function silentAfterMs({ expectedEveryMs }: WatchedStream, slackMs: number): number {
  return Math.max(PARENT_SILENT_MS, FRAMES_MISSED * expectedEveryMs) + slackMs
}

function isSilent(one: WatchedStream, nowMs: number, slackMs: number): boolean {
  return nowMs - Math.max(one.lastFrameMs ?? one.sinceMs, one.sinceMs) >= silentAfterMs(one, slackMs)
}

function isFedAgain(one: WatchedStream, nowMs: number, slackMs: number): boolean {
  return one.lastFrameMs !== undefined && nowMs - one.lastFrameMs < silentAfterMs(one, slackMs)
}
