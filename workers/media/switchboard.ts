/**
 * The hops of this tab and the streams that go through it: what comes goes to every child that subscribed to it, and to
 * whoever watches here. Subscriptions and requests for key frames go the other way.
 */
import { askRefresh, NO_REFRESHES } from '../../src/core/call/frames/merge-refresh.ts'
import type { Arrived } from '../../src/core/call/frames/order-frames.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { HOP_REPORT_MS, SUBSCRIBE_AGAIN_MS, SUBSCRIPTION_MS } from '../../src/protocol/limits.ts'
import {
  type FrameHead,
  type HopControl,
  type Layer,
  type MediaId,
  type MediaPacket,
  type StreamId,
  type Subscription,
  streamKey,
} from '../../src/protocol/media.ts'
import type { MediaNews, Want } from '../../src/protocol/media-worker.ts'
import { Hop } from './hop.ts'
import type { PipeWriter } from './pipe.ts'
import { type Came, Stream } from './stream.ts'
import { type Entry, Wants } from './wants.ts'

export type SwitchboardPorts = {
  readonly news: (news: MediaNews) => void
  /** In order: a frame of a stream that is watched here. */
  readonly show: (frame: Arrived<Came>) => void
  readonly arrived: (stream: StreamId, from: MediaId, bytes: number, capturedMs: number) => void
  readonly unwanted: (stream: StreamId) => void
  readonly refreshOwn: (layer: Layer) => void
  readonly subscribed: (hop: MediaId, layer: Layer) => void
}

type Subscribed = { readonly wanted: readonly Subscription[]; readonly untilMs: number }

export class Switchboard {
  readonly self: MediaId
  #forwards: number
  readonly #ports: SwitchboardPorts
  readonly #hops = new Map<MediaId, Hop>()
  /** They belong to their connection, and outlive a channel that is opened anew. */
  readonly #pipes = new Map<MediaId, PipeWriter>()
  readonly #streams = new Map<string, Stream>()
  readonly #wants = new Wants()
  /** What each hop said last: it may ask for a stream before we take it. */
  readonly #subscribed = new Map<Hop, Subscribed>()
  #refreshes = NO_REFRESHES
  #reportAtMs = 0
  #subscribeAtMs = 0

  constructor(self: MediaId, forwards: number, ports: SwitchboardPorts) {
    this.self = self
    this.#forwards = forwards
    this.#ports = ports
  }

  get hops(): ReadonlyMap<MediaId, Hop> {
    return this.#hops
  }

  get streams(): Iterable<Stream> {
    return this.#streams.values()
  }

  get wants(): Iterable<Entry> {
    return this.#wants.all
  }

  /** Tabs that a stream of another is passed on to; those that are served now go on. */
  setForwards(children: number): void {
    this.#forwards = children
  }

  openHop(id: MediaId, channel: RTCDataChannel): void {
    this.closeHop(id)
    const hop = new Hop(id, channel, {
      opened: (hop) => this.#opened(hop),
      lost: (hop) => this.#lost(hop),
      packet: (hop, packet, bytes) => this.#packet(hop, packet, bytes),
      control: (hop, control) => this.#control(hop, control),
    })
    hop.pipe = this.#pipes.get(id)
    this.#hops.set(id, hop)
  }

  closeHop(id: MediaId): void {
    const hop = this.#hops.get(id)
    if (hop === undefined) return
    hop.close()
    this.#forget(hop)
  }

  setPipe(id: MediaId, pipe: PipeWriter): void {
    this.#pipes.get(id)?.close()
    this.#pipes.set(id, pipe)
    const hop = this.#hops.get(id)
    if (hop !== undefined) hop.pipe = pipe
  }

  /** What came by a hop's pipe is what came by its channel. */
  hear(id: MediaId, bytes: Bytes): void {
    this.#hops.get(id)?.hear(bytes.buffer)
  }

  /** The link is gone, and its pipe with it. */
  dropPipe(id: MediaId): void {
    this.#pipes.get(id)?.close()
    this.#pipes.delete(id)
  }

  setWants(wants: readonly Want[], nowMs: number): void {
    const { dropped, begun } = this.#wants.set(wants, nowMs)
    for (const stream of dropped) this.#drop(stream)
    for (const stream of begun) this.showAgain(stream)
    this.#subscribe(nowMs)
    for (const hop of this.#subscribed.keys()) this.#adopt(hop, nowMs)
  }

  /** The wanted layer of a picture is seen: others of it need not go on. */
  settle(stream: StreamId): void {
    const left = this.#wants.settle(stream)
    for (const one of left) this.#drop(one)
    if (left.length > 0) this.#subscribe(performance.now())
  }

  /** Somebody takes this stream of ours. */
  isWatched(layer: Layer): boolean {
    return (this.#streams.get(streamKey({ source: this.self, layer }))?.children.size ?? 0) > 0
  }

  *takersOf(layer: Layer): Generator<MediaId> {
    for (const hop of this.#streams.get(streamKey({ source: this.self, layer }))?.children.keys() ?? []) yield hop.id
  }

  sendOwn(head: FrameHead, packet: Bytes): void {
    this.#streams.get(streamKey(head))?.pass(head, { bytes: packet, from: undefined }, performance.now())
  }

  /** A picture begins here, or begins anew: what is kept is shown, or the source is asked. */
  showAgain(stream: StreamId): void {
    this.#streams.get(streamKey(stream))?.showAgain(performance.now())
  }

  /** Nothing that is kept helps: the source is asked for a key frame. */
  askSource(stream: StreamId): void {
    const { next, isSent } = askRefresh(this.#refreshes, streamKey(stream), performance.now())
    this.#refreshes = next
    if (!isSent) return
    if (stream.source === this.self) this.#ports.refreshOwn(stream.layer)
    const entry = this.#wants.get(stream)
    if (entry === undefined) return
    const { source, layer } = stream
    for (const parent of new Set([entry.parent, entry.isStandbyAsked ? entry.standby : undefined])) {
      if (parent !== undefined) this.#hops.get(parent)?.say({ kind: 'refresh', stream: { source, layer } })
    }
  }

  tick(nowMs: number): void {
    for (const hop of this.#hops.values()) hop.check(nowMs)
    for (const stream of this.#streams.values()) stream.check(nowMs)
    for (const [hop, { untilMs }] of this.#subscribed) if (nowMs > untilMs) this.#subscribed.delete(hop)
    const { silent, isChanged } = this.#wants.check(nowMs)
    for (const { stream, parent } of silent) this.#ports.news({ t: 'parent-silent', stream, parent })
    if (isChanged || nowMs - this.#subscribeAtMs >= SUBSCRIBE_AGAIN_MS) this.#subscribe(nowMs)
    if (nowMs - this.#reportAtMs >= HOP_REPORT_MS) this.#report(nowMs)
  }

  close(): void {
    for (const hop of this.#hops.values()) hop.close()
    for (const pipe of this.#pipes.values()) pipe.close()
    this.#hops.clear()
    this.#pipes.clear()
    this.#streams.clear()
    this.#subscribed.clear()
  }

  #opened(hop: Hop): void {
    this.#ports.news({ t: 'hop-open', hop: hop.id })
    this.#sayWanted(hop)
  }

  #lost(hop: Hop): void {
    this.#forget(hop)
    this.#ports.news({ t: 'hop-lost', hop: hop.id })
  }

  #forget(hop: Hop): void {
    if (this.#hops.get(hop.id) === hop) this.#hops.delete(hop.id)
    this.#subscribed.delete(hop)
    for (const stream of this.#streams.values()) stream.release(hop)
  }

  #packet(hop: Hop, { head }: MediaPacket, bytes: Bytes): void {
    const entry = this.#wants.get(head)
    if (entry === undefined || !this.#wants.takesFrom(entry, hop.id)) return
    const nowMs = performance.now()
    if (this.#wants.arrived(entry, hop.id, nowMs)) this.#subscribe(nowMs)
    this.#ports.arrived(head, hop.id, bytes.byteLength, head.capturedMs)
    this.#stream(entry.stream).arrive(head, { bytes, from: hop }, nowMs)
  }

  #control(hop: Hop, control: HopControl): void {
    const nowMs = performance.now()
    switch (control.kind) {
      case 'subscribe':
        this.#release(hop, control.wanted)
        this.#subscribed.set(hop, { wanted: control.wanted, untilMs: nowMs + SUBSCRIPTION_MS })
        this.#adopt(hop, nowMs)
        return
      case 'refresh':
        this.#streams.get(streamKey(control.stream))?.repeat(hop, nowMs)
        return
      case 'report':
        this.#choose(hop, control, nowMs)
        return
      default:
        control satisfies never
    }
  }

  #drop(stream: StreamId): void {
    this.#streams.delete(streamKey(stream))
    this.#ports.unwanted(stream)
  }

  #release(hop: Hop, wanted: readonly Subscription[]): void {
    const keys = new Set(wanted.map(streamKey))
    for (const { source, layer } of this.#subscribed.get(hop)?.wanted ?? []) {
      const key = streamKey({ source, layer })
      if (!keys.has(key)) this.#streams.get(key)?.release(hop)
    }
  }

  /** Of what the hop asks for, what we send or take ourselves, as far as we may pass it on. */
  #adopt(hop: Hop, nowMs: number): void {
    const subscribed = this.#subscribed.get(hop)
    if (subscribed === undefined) return
    for (const { source, layer, maxTemporal } of subscribed.wanted) {
      const isOwn = source === this.self
      if (!isOwn && this.#wants.get({ source, layer }) === undefined) continue
      const stream = this.#stream({ source, layer })
      if (!isOwn && !stream.children.has(hop) && stream.children.size >= this.#forwards) continue
      stream.adopt(hop, maxTemporal, subscribed.untilMs, nowMs)
      if (isOwn) this.#ports.subscribed(hop.id, layer)
    }
  }

  #stream({ source, layer }: StreamId): Stream {
    const key = streamKey({ source, layer })
    let stream = this.#streams.get(key)
    if (stream === undefined) {
      const id = { source, layer }
      stream = new Stream(id, { show: (frame) => this.#show(id, frame), ask: () => this.askSource(id) })
      this.#streams.set(key, stream)
    }
    return stream
  }

  #show(stream: StreamId, frame: Arrived<Came>): void {
    if (this.#wants.get(stream)?.want.isShown) this.#ports.show(frame)
  }

  #subscribe(nowMs: number): void {
    this.#subscribeAtMs = nowMs
    for (const hop of this.#hops.values()) this.#sayWanted(hop)
  }

  #sayWanted(hop: Hop): void {
    const wanted = this.#wants.of(hop.id)
    if (wanted.length === 0 && !hop.isAsked) return
    hop.isAsked = wanted.length > 0
    hop.say({ kind: 'subscribe', wanted })
  }

  #report(nowMs: number): void {
    this.#reportAtMs = nowMs
    for (const hop of this.#hops.values()) {
      const report = hop.traffic.report()
      if (report !== undefined) hop.say({ kind: 'report', ...report })
      if (hop.traffic.isUnreported(nowMs)) this.#choose(hop, { received: 0, expected: 1, queueMs: 0 }, nowMs)
    }
  }

  #choose(hop: Hop, report: { received: number; expected: number; queueMs: number }, nowMs: number): void {
    const { carrier, wantsPipe } = hop.traffic.reported(report, hop.pipe?.isOpen === true, nowMs)
    hop.carrier = carrier
    if (wantsPipe && hop.pipe === undefined && !hop.isPipeAsked) {
      hop.isPipeAsked = true
      this.#ports.news({ t: 'need-pipe', hop: hop.id })
    }
  }
}
