/**
 * What this tab takes, and from whom: said to each parent again and again, so that a parent that comes back, or begins
 * anew, knows it. A parent that was replaced by the plan stays asked until the new one sends.
 */
import { distance } from '../../src/core/call/frames/recent-sequences.ts'
import { highestTemporal } from '../../src/core/call/frames/strain.ts'
import { type Brought, COMPARED_FROM_MS, checkParents, type WatchedStream } from '../../src/core/call/frames/watch-parents.ts'
import { SUBSCRIPTION_MS } from '../../src/protocol/limits.ts'
import { BY_SLOT, type MediaId, type StreamId, type Subscription, streamKey } from '../../src/protocol/media.ts'
import { type Halvings, viewOf, type Want } from '../../src/protocol/media-worker.ts'
import type { Arrival } from './stream.ts'

/** Before two frames came nobody knows the rate: that of the smallest pictures. */
const EXPECTED_EVERY_MS = 134

/** A parent that brought less than its standby for so many looks in a row is told of: one may be chance. */
const LOSSY_LOOKS = 2

const NOTHING_BROUGHT: Brought = { parent: 0, standby: 0 }

/** Of each new pause between frames in the expected one. */
const PAUSE_SHARE = 0.1

const NOTHING_HUSHED: ReadonlySet<string> = new Set()

export type Entry = WatchedStream & {
  want: Want
  parent: MediaId
  standby: MediaId | undefined
  lastFrameMs: number | undefined
  expectedEveryMs: number
  isStandbyAsked: boolean
  sinceMs: number
  /** From whomever. */
  arrivedMs: number | undefined
  /** The highest sequences that counted. */
  heard: number | undefined
  heardOfStandby: number | undefined
  brought: Brought
  lossyLooks: number
  from: MediaId | undefined
  isSeen: boolean
  /** Another layer of its picture is wanted now; it goes on until that one is seen. */
  isLeaving: boolean
  former: { readonly parent: MediaId; readonly untilMs: number } | undefined
}

export class Wants {
  #entries = new Map<string, Entry>()
  #halvings: Halvings = 0
  /** Two layers of one picture at once would make it worse: the one that is not wanted any more goes at once. */
  isLineShort = false

  get all(): Iterable<Entry> {
    return this.#entries.values()
  }

  get(stream: StreamId): Entry | undefined {
    return this.#entries.get(streamKey(stream))
  }

  /** Takes the place of what was wanted before. Of what is `hushed` nothing is taken. `begun`: what came already is shown from now on. */
  set(
    all: readonly Want[],
    nowMs: number,
    hushed: ReadonlySet<string> = NOTHING_HUSHED,
  ): { readonly dropped: readonly StreamId[]; readonly begun: readonly StreamId[] } {
    const before = this.#entries
    const wants = all.filter((want) => !hushed.has(streamKey(want)))
    const begun = wants.filter((want) => want.isShown && before.get(streamKey(want))?.want.isShown === false)
    const wanted = wants.map((want) => entryOf(want, before.get(streamKey(want)), nowMs))
    this.#entries = new Map(wanted.map((entry) => [streamKey(entry.stream), entry]))
    const dropped: StreamId[] = []
    for (const [key, entry] of before) {
      if (this.#entries.has(key)) continue
      entry.isLeaving = !hushed.has(key) && !this.isLineShort && wanted.some((other) => isAwaited(other, entry))
      if (entry.isLeaving) this.#entries.set(key, entry)
      else dropped.push(entry.stream)
    }
    return { dropped, begun }
  }

  /** The layer that is wanted is seen. Gives those that went on until now. */
  settle({ source, layer }: StreamId): readonly StreamId[] {
    const seen = this.get({ source, layer })
    if (seen !== undefined) seen.isSeen = true
    const left = [...this.#entries.values()].filter(
      ({ isLeaving, stream }) => isLeaving && stream.source === source && stream.layer !== layer && viewOf(stream.layer) === viewOf(layer),
    )
    for (const { stream } of left) this.#entries.delete(streamKey(stream))
    return left.map(({ stream }) => stream)
  }

  /** Frames are taken from those who are asked only: others could send what looks like it. */
  takesFrom(entry: Entry, hop: MediaId): boolean {
    return isAskedOf(entry, hop)
  }

  /**
   * A frame that came, `isUsable` when the stream goes on with it: one that breaks, waits in vain, or is not what it seems, is as
   * good as silence. What another brought sooner counts for the parent too, each once. True when the former parent is not needed
   * any more.
   */
  arrived(entry: Entry, hop: MediaId, sequence: number, { isNew, isUsable }: Arrival, nowMs: number): boolean {
    const isNext = this.#compare(entry, hop, sequence, nowMs)
    const isAlsoHere = hop === entry.parent && isNext && !isNew
    return isUsable || isAlsoHere ? this.#goesOn(entry, hop, nowMs) : false
  }

  /** What each brings while both are asked. False: it came by this way before. */
  #compare(entry: Entry, hop: MediaId, sequence: number, nowMs: number): boolean {
    const by = hop === entry.parent ? 'heard' : 'heardOfStandby'
    if (hop !== entry.parent && hop !== entry.standby) return false
    const before = entry[by]
    if (before !== undefined && distance(sequence, before) <= 0) return false
    entry[by] = sequence
    const { isStandbyAsked, sinceMs, brought } = entry
    if (isStandbyAsked && nowMs - sinceMs >= COMPARED_FROM_MS) {
      const who = hop === entry.parent ? 'parent' : 'standby'
      entry.brought = { ...brought, [who]: brought[who] + 1 }
    }
    return true
  }

  #goesOn(entry: Entry, hop: MediaId, nowMs: number): boolean {
    const pauseMs = nowMs - (entry.arrivedMs ?? nowMs - EXPECTED_EVERY_MS)
    entry.expectedEveryMs += PAUSE_SHARE * (pauseMs - entry.expectedEveryMs)
    entry.arrivedMs = nowMs
    entry.from = hop
    if (hop !== entry.parent) return false
    entry.lastFrameMs = nowMs
    const isChanged = entry.former !== undefined
    entry.former = undefined
    return isChanged
  }

  /** Fewer pictures of each camera are wanted here, or more again. They come less often: that is no silence. */
  halve(halvings: Halvings): void {
    for (const entry of this.#entries.values()) {
      const { layer } = entry.stream
      const fewer = highestTemporal(layer, this.#halvings) - highestTemporal(layer, halvings)
      entry.expectedEveryMs *= 2 ** Math.max(0, fewer)
    }
    this.#halvings = halvings
  }

  /** `passedOn`: the highest temporal layer of a stream that others take from this tab. */
  of(hop: MediaId, passedOn: (stream: StreamId) => number = () => 0): readonly Subscription[] {
    const wanted: Subscription[] = []
    for (const entry of this.#entries.values()) {
      const { source, layer, maxTemporal } = entry.want
      const isBySlot = hop !== source && !isPicture(entry)
      const needed = Math.max(highestTemporal(layer, this.#halvings), passedOn(entry.stream))
      if (isAskedOf(entry, hop)) wanted.push({ source, layer, maxTemporal: isBySlot ? BY_SLOT : Math.min(maxTemporal, needed) })
    }
    return wanted
  }

  /** The hop is gone: what it was the parent of is silent from now on. */
  lose(hop: MediaId, nowMs: number): readonly Entry[] {
    const silent = [...this.#entries.values()].filter(
      (entry) => entry.parent === hop && entry.standby !== undefined && !entry.isStandbyAsked,
    )
    for (const entry of silent) Object.assign(entry, { isStandbyAsked: true, sinceMs: nowMs })
    return silent
  }

  /** Whose parent fell silent, or was found to lose frames, just now; `isChanged`: somebody is asked for something else than before. */
  check(nowMs: number, slackMs = 0): { readonly silent: readonly Entry[]; readonly lossy: readonly Entry[]; readonly isChanged: boolean } {
    let isChanged = false
    for (const entry of this.#entries.values()) {
      if (entry.former === undefined || nowMs < entry.former.untilMs) continue
      entry.former = undefined
      isChanged = true
    }
    const { ask, back, lossy } = checkParents([...this.#entries.values()].filter(isPicture), nowMs, slackMs)
    // Who brings nothing at all is silent, and has its time to begin.
    for (const entry of lossy) entry.lossyLooks = entry.brought.parent > 0 ? entry.lossyLooks + 1 : 0
    for (const entry of [...ask, ...back, ...lossy]) Object.assign(entry, { sinceMs: nowMs, brought: NOTHING_BROUGHT })
    for (const entry of [...ask, ...back]) {
      entry.isStandbyAsked = !entry.isStandbyAsked
      entry.lossyLooks = 0
      isChanged = true
    }
    return { silent: ask, lossy: lossy.filter(({ lossyLooks }) => lossyLooks === LOSSY_LOOKS), isChanged }
  }
}

/** A voice that others pass on is asked of two at once: it is small, and a word that is missed is not said again. */
function isAskedOf(entry: Entry, hop: MediaId): boolean {
  const { stream, parent, standby, isStandbyAsked, former } = entry
  const isDoubled = !isPicture(entry) && parent !== stream.source && standby !== stream.source
  return hop === parent || (hop === standby && (isStandbyAsked || isDoubled)) || hop === former?.parent
}

/** A voice pauses with the person; its silence says nothing. */
function isPicture({ stream }: Entry): boolean {
  return viewOf(stream.layer) !== undefined
}

/** Whether the one is the picture of the other, in a layer that was not seen yet. */
function isAwaited({ want, stream, isSeen }: Entry, leaving: Entry): boolean {
  const isSame = stream.source === leaving.stream.source && viewOf(stream.layer) === viewOf(leaving.stream.layer)
  return isSame && isPicture(leaving) && want.isShown && leaving.want.isShown && !isSeen
}

function entryOf(want: Want, before: Entry | undefined, nowMs: number): Entry {
  const { parent, standby } = want
  if (before?.parent === parent) {
    const isSame = before.standby === standby
    const isStandbyAsked = before.isStandbyAsked && isSame
    if (!isSame) Object.assign(before, { heardOfStandby: undefined, brought: NOTHING_BROUGHT, lossyLooks: 0 })
    return Object.assign(before, { want, standby, isStandbyAsked, isLeaving: false, isSeen: before.isSeen && want.isShown })
  }
  const former = before === undefined ? undefined : { parent: before.parent, untilMs: nowMs + SUBSCRIPTION_MS }
  return {
    stream: { source: want.source, layer: want.layer },
    want,
    parent,
    standby,
    lastFrameMs: undefined,
    expectedEveryMs: before?.expectedEveryMs ?? EXPECTED_EVERY_MS,
    isStandbyAsked: false,
    sinceMs: nowMs,
    arrivedMs: before?.arrivedMs,
    heard: undefined,
    heardOfStandby: undefined,
    brought: NOTHING_BROUGHT,
    lossyLooks: 0,
    from: before?.from,
    isSeen: before?.isSeen === true && want.isShown,
    isLeaving: false,
    former,
  }
}
