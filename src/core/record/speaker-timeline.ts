/**
 * Who spoke when in a recording, from what the others' devices say. Pauses between two sentences do not end a turn, and a
 * recording of a whole day stays small: when there are too many turns, those with the shortest pauses become one.
 */
import type { DeviceId } from '../../protocol/ids.ts'
import { SPEAKER_TURNS, TURN_PAUSE_MS } from '../../protocol/limits.ts'

export type Turn = { readonly who: DeviceId; readonly fromMs: number; readonly toMs: number }

export type Timeline = {
  readonly turns: readonly Turn[]
  /** Since when those who speak do. */
  readonly speaking: ReadonlyMap<DeviceId, number>
  readonly pauseMs: number
}

export const SILENT_TIMELINE: Timeline = { turns: [], speaking: new Map(), pauseMs: TURN_PAUSE_MS }

/** `atMs`: since the recording began. */
export function hearSpeakers(before: Timeline, speaking: ReadonlySet<DeviceId>, atMs: number): Timeline {
  const isSame = speaking.size === before.speaking.size && [...speaking].every((who) => before.speaking.has(who))
  if (isSame) return before
  const ended = [...before.speaking].flatMap(([who, fromMs]) => (speaking.has(who) || atMs <= fromMs ? [] : [{ who, fromMs, toMs: atMs }]))
  const turns = ended.reduce((all, turn) => addTurn(all, turn, before.pauseMs), before.turns)
  const next = { turns, speaking: new Map([...speaking].map((who) => [who, before.speaking.get(who) ?? atMs])), pauseMs: before.pauseMs }
  return turns.length > SPEAKER_TURNS ? thinned(next) : next
}

/** What was said until the end, in the order in which turns began. */
export function endTimeline(timeline: Timeline, atMs: number): readonly Turn[] {
  return hearSpeakers(timeline, new Set(), atMs).turns.toSorted((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs)
}

/** Of each person a turn that begins soon after the one before goes on. */
function addTurn(turns: readonly Turn[], turn: Turn, pauseMs: number): readonly Turn[] {
  const at = turns.findLastIndex(({ who }) => who === turn.who)
  const last = turns[at]
  if (last === undefined || turn.fromMs - last.toMs > pauseMs) return [...turns, turn]
  return turns.with(at, { ...last, toMs: turn.toMs })
}

function thinned({ turns, speaking, pauseMs }: Timeline): Timeline {
  let [kept, longer] = [turns, pauseMs]
  while (kept.length > SPEAKER_TURNS / 2) {
    longer *= 2
    kept = turns.reduce<readonly Turn[]>((all, turn) => addTurn(all, turn, longer), [])
  }
  return { turns: kept, speaking, pauseMs: longer }
}
