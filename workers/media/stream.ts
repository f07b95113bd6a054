/**
 * One stream on its way through this tab: frames in order and each once, kept for who comes next, and passed to every child
 * as fast as that one takes them. What is decided about a frame is decided in core/call/frames.
 */
import { beginChild, type ChildState, forwardFrame } from '../../src/core/call/frames/forward-frame.ts'
import { EMPTY_CACHE, keepFrame, replayFrom } from '../../src/core/call/frames/gop-cache.ts'
import { type Arrived, beginOrder, checkOrder, type Step, takeFrame } from '../../src/core/call/frames/order-frames.ts'
import { NO_SEQUENCES } from '../../src/core/call/frames/recent-sequences.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { REPEAT_PAUSE_MS } from '../../src/protocol/limits.ts'
import { type FrameHead, parsePacket, type StreamId } from '../../src/protocol/media.ts'
import type { Hop } from './hop.ts'

export type Child = {
  readonly hop: Hop
  untilMs: number
  state: ChildState
  /** The key frame that was sent to it once more, by its time. */
  repeatedMs: number | undefined
  repeatedAtMs: number
}

/** `from` is undefined for frames of this tab. */
export type Came = { readonly bytes: Bytes; readonly from: Hop | undefined }

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
  #order = beginOrder<Came>()
  #cache = EMPTY_CACHE
  #from: Hop | undefined
  #broken = 0

  constructor(id: StreamId, ports: StreamPorts) {
    this.id = id
    this.#ports = ports
  }

  get children(): ReadonlyMap<Hop, Child> {
    return this.#children
  }

  /** Frames given up since this was asked. */
  takeBroken(): number {
    const broken = this.#broken
    this.#broken = 0
    return broken
  }

  /** A frame of another tab. False: it came before, from another parent or from what one keeps. */
  arrive(head: FrameHead, came: Came, nowMs: number): boolean {
    const step = takeFrame(this.#order, { head, payload: came }, nowMs)
    if (!step.isDuplicate) this.#from = came.from
    this.#follow(step, nowMs)
    return !step.isDuplicate
  }

  check(nowMs: number): void {
    this.#follow(checkOrder(this.#order, nowMs), nowMs)
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
    const child = { hop, untilMs, state: beginChild(maxTemporal), repeatedMs: undefined, repeatedAtMs: Number.NEGATIVE_INFINITY }
    this.#children.set(hop, child)
    this.#replay(child, nowMs)
  }

  release(hop: Hop): void {
    this.#children.delete(hop)
  }

  /**
   * A child lost its picture on the way: what is kept mends it, without a key frame for everybody. A child that asks again
   * after the same key frame was not helped by it.
   */
  repeat(hop: Hop, nowMs: number): void {
    const child = this.#children.get(hop)
    if (child === undefined || nowMs - child.repeatedAtMs < REPEAT_PAUSE_MS) return
    child.repeatedAtMs = nowMs
    if (child.repeatedMs === this.#cache.keyAtMs) {
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
      if (head !== undefined) this.#ports.show({ head, payload: { bytes, from: this.#from } })
    }
  }

  #follow({ next, ready, needsKey, broken }: Step<Came>, nowMs: number): void {
    this.#order = next
    this.#broken += broken
    for (const frame of ready) {
      this.pass(frame.head, frame.payload, nowMs)
      this.#ports.show(frame)
    }
    if (needsKey) this.#ports.ask()
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
