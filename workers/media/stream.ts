/**
 * One stream on its way through this tab: frames in order and each once, kept for who comes next, and passed to every child
 * as fast as that one takes them. What is decided about a frame is decided in core/call/frames.
 */
import { beginChild, type ChildState, forwardFrame } from '../../src/core/call/frames/forward-frame.ts'
import { EMPTY_CACHE, keepFrame, replayFrom } from '../../src/core/call/frames/gop-cache.ts'
import type { Arrived } from '../../src/core/call/frames/order-frames.ts'
import { NO_SEQUENCES } from '../../src/core/call/frames/recent-sequences.ts'
import {
  beginTimeline,
  checkTimeline,
  isAtRest,
  isOld,
  type Timeline,
  type TimelineStep,
  takeOpened,
  takeUnopened,
} from '../../src/core/call/frames/timeline.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { REFRESH_MERGE_MS, REPEAT_PAUSE_MS } from '../../src/protocol/limits.ts'
import { type FrameHead, parsePacket, type StreamId } from '../../src/protocol/media.ts'
import type { Hop } from './hop.ts'

export type Child = {
  readonly hop: Hop
  untilMs: number
  state: ChildState
  /** The key frame that was sent to it once more, by its time. */
  repeatedMs: number | undefined
  repeatedAtMs: number
  /** That did not help, and the source was asked. */
  isSourceAsked: boolean
}

/** `from` is undefined for frames of this tab. `plain`: opened already. */
export type Came = { readonly bytes: Bytes; readonly from: Hop | undefined; readonly plain: Bytes | undefined }

/** `isNew`: not seen before. `isUsable`: with it the stream goes on. */
export type Arrival = { readonly isNew: boolean; readonly isUsable: boolean }

export type StreamPorts = {
  /** In order: a frame for whoever watches here. */
  readonly show: (frame: Arrived<Came>) => void
  /** A key frame is needed from the source. */
  readonly ask: () => void
}

export class Stream {
  readonly id: StreamId
  readonly #ports: StreamPorts
  readonly #children = new Map<Hop, Child>()
  #timeline: Timeline<Came>
  #cache = EMPTY_CACHE
  #from: Hop | undefined
  #broken = 0

  /** `floor`: what opened of it when it was wanted before. */
  constructor(id: StreamId, ports: StreamPorts, floor: number | undefined) {
    this.id = id
    this.#ports = ports
    this.#timeline = beginTimeline(performance.now(), floor)
  }

  /** The highest sequence that opened. */
  get floor(): number | undefined {
    return this.#timeline.opened.given.highest ?? this.#timeline.floor
  }

  get isOpened(): boolean {
    return this.#timeline.isOpened
  }

  /** It opened before, or is older than what did. */
  isOld(sequence: number): boolean {
    return isOld(this.#timeline, sequence)
  }

  get children(): ReadonlyMap<Hop, Child> {
    return this.#children
  }

  /** The highest temporal layer that a child asks for. */
  get passedOn(): number {
    return Math.max(0, ...[...this.#children.values()].map(({ state }) => state.maxTemporal))
  }

  /** Frames given up since this was asked. */
  takeBroken(): number {
    const broken = this.#broken
    this.#broken = 0
    return broken
  }

  /** A frame of another tab. Not new: it came before, from another parent or from what one keeps, or does not count. */
  arrive(head: FrameHead, came: Came, nowMs: number): Arrival {
    const take = came.plain === undefined ? takeUnopened : takeOpened
    const step = take(this.#timeline, { head, payload: came }, nowMs)
    if (!step.isDuplicate && came.from !== undefined) this.#from = came.from
    this.#follow(step, nowMs)
    return { isNew: !step.isDuplicate, isUsable: step.ready.length > 0 }
  }

  /** What is kept, to be opened now that its key is here; it comes again as if it came now. */
  takeKept(): readonly Bytes[] {
    const { packets } = this.#cache
    this.#cache = EMPTY_CACHE
    return packets
  }

  check(nowMs: number): void {
    if (!isAtRest(this.#timeline)) this.#follow(checkTimeline(this.#timeline, nowMs), nowMs)
    for (const [hop, { untilMs }] of this.#children) if (nowMs > untilMs) this.#children.delete(hop)
  }

  /** To every child but the one it came from. */
  pass(head: FrameHead, { bytes, from }: Came, nowMs: number): void {
    this.#cache = keepFrame(this.#cache, head, bytes, nowMs)
    for (const child of this.#children.values()) {
      if (child.hop !== from && this.#offer(child, head, bytes)) this.#replay(child, nowMs)
    }
  }

  /** Said again and again; who is new gets what is kept at once. */
  adopt(hop: Hop, maxTemporal: number, untilMs: number, nowMs: number): void {
    const known = this.#children.get(hop)
    if (known !== undefined) {
      known.untilMs = untilMs
      if (known.state.maxTemporal !== maxTemporal) known.state = { ...known.state, maxTemporal }
      return
    }
    const child: Child = {
      hop,
      untilMs,
      state: beginChild(maxTemporal),
      repeatedMs: undefined,
      repeatedAtMs: Number.NEGATIVE_INFINITY,
      isSourceAsked: false,
    }
    this.#children.set(hop, child)
    this.#replay(child, nowMs)
  }

  release(hop: Hop): void {
    this.#children.delete(hop)
  }

  /**
   * A child lost its picture on the way: what is kept mends it, without a key frame for everybody. A child that asks again
   * after the same key frame was not helped by it: the source is asked soon, and then for a while no more.
   */
  repeat(hop: Hop, nowMs: number): void {
    const child = this.#children.get(hop)
    if (child === undefined) return
    const isNoHelp = child.repeatedMs === this.#cache.keyAtMs
    const pauseMs = isNoHelp && !child.isSourceAsked ? REFRESH_MERGE_MS : REPEAT_PAUSE_MS
    if (nowMs - child.repeatedAtMs < pauseMs) return
    child.repeatedAtMs = nowMs
    child.isSourceAsked = isNoHelp
    if (isNoHelp) {
      this.#ports.ask()
      return
    }
    child.repeatedMs = this.#cache.keyAtMs
    child.state = { ...child.state, sent: NO_SEQUENCES }
    this.#replay(child, nowMs)
  }

  /** What is kept is given out once more, for a picture that begins here. */
  showAgain(nowMs: number): void {
    const replay = replayFrom(this.#cache, nowMs)
    if (replay.kind === 'ask-source') {
      this.#ports.ask()
      return
    }
    for (const bytes of replay.packets) {
      const head = parsePacket(bytes)?.head
      if (head !== undefined) this.#ports.show({ head, payload: { bytes, from: this.#from, plain: undefined } })
    }
  }

  #follow({ next, ready, needsKey, broken, isAnew }: TimelineStep<Came>, nowMs: number): void {
    this.#timeline = next
    this.#broken += broken
    if (isAnew) this.#beginAnew()
    for (const frame of ready) {
      this.pass(frame.head, frame.payload, nowMs)
      if (frame.payload.plain !== undefined) this.#ports.show(frame)
    }
    if (needsKey) this.#ports.ask()
  }

  /** What was passed on may have been forged: it must not make what comes look old. */
  #beginAnew(): void {
    this.#cache = EMPTY_CACHE
    for (const child of this.#children.values()) child.state = { ...child.state, sent: NO_SEQUENCES }
  }

  /** True when the child waits for what is kept. */
  #offer(child: Child, head: FrameHead, bytes: Bytes): boolean {
    const { hop, state } = child
    const { next, isSent, needsReplay } = forwardFrame(state, head, bytes.byteLength, hop.queuedBytes)
    child.state = next
    if (isSent) hop.send(bytes)
    else if (next !== state) hop.traffic.skipped()
    return needsReplay
  }

  #replay(child: Child, nowMs: number): void {
    const replay = replayFrom(this.#cache, nowMs)
    let isMended = replay.kind === 'frames'
    for (const bytes of replay.kind === 'frames' ? replay.packets : []) {
      const head = parsePacket(bytes)?.head
      if (head !== undefined && this.#offer(child, head, bytes)) isMended = false
    }
    if (!isMended) this.#ports.ask()
  }
}
