/**
 * The streams that go through this tab: what comes by one hop goes to every child that subscribed to it, and to whoever
 * watches here. Subscriptions and requests for key frames go the other way.
 */
import { askRefresh, NO_REFRESHES } from '../../src/core/call/frames/merge-refresh.ts'
import type { Arrived } from '../../src/core/call/frames/order-frames.ts'
import { type Strain, slackMs } from '../../src/core/call/frames/strain.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { SUBSCRIBE_AGAIN_MS } from '../../src/protocol/limits.ts'
import {
  BY_SLOT,
  type FrameHead,
  type Layer,
  type MediaId,
  type MediaPacket,
  parsePacket,
  type StreamId,
  streamKey,
} from '../../src/protocol/media.ts'
import { type Halvings, viewOf, type Want } from '../../src/protocol/media-worker.ts'
import type { Hop } from './hop.ts'
import { type HopControls, Hops } from './hops.ts'
import { type Inbound, InboundFrames } from './inbound.ts'
import type { Taker } from './own-pictures.ts'
import type { Arrival, Came, Stream } from './stream.ts'
import { Streams } from './streams.ts'
import { Subscribers } from './subscribers.ts'
import type { SwitchboardPorts } from './switchboard-ports.ts'
import { type Entry, Wants } from './wants.ts'

export class Switchboard {
  readonly self: MediaId
  #forwards: number
  readonly #ports: SwitchboardPorts
  readonly hops: Hops
  readonly #streams = new Streams((id) => ({ show: (frame) => this.#show(id, frame), ask: () => this.askSource(id) }))
  readonly #wants = new Wants()
  readonly #inbound: InboundFrames
  readonly #subscribers = new Subscribers()
  #refreshes = NO_REFRESHES
  /** As the tab said it; what is hushed of it is not taken. */
  #wanted: readonly Want[] = []
  #hushed: ReadonlySet<string> = new Set()
  #subscribeAtMs = 0

  constructor(self: MediaId, forwards: number, ports: SwitchboardPorts) {
    this.self = self
    this.#forwards = forwards
    this.#ports = ports
    this.#inbound = new InboundFrames(ports.keyring, (frame) => this.#arrive(frame))
    this.hops = new Hops({
      ...ports,
      opened: (hop) => this.#sayWanted(hop),
      gone: (hop) => this.#forget(hop),
      packet: (hop, packet, bytes) => this.#packet(hop, packet, bytes),
      control: (hop, control) => this.#control(hop, control),
    })
  }

  /** Something is taken from others or by others. */
  get isBusy(): boolean {
    return !this.#streams.isEmpty
  }

  get streams(): Iterable<Stream> {
    return this.#streams.all
  }

  get wants(): Iterable<Entry> {
    return this.#wants.all
  }

  /** Tabs that a stream of another is passed on to; those that are served now go on. */
  setForwards(children: number): void {
    this.#forwards = children
  }

  setWants(wants: readonly Want[], nowMs: number, isLineShort: boolean): void {
    this.#wanted = wants
    this.#wants.isLineShort = isLineShort
    this.#follow(nowMs)
  }

  /** Takes the place of what was hushed before. Of our own, nothing is sent either. */
  setHushed(hushed: readonly StreamId[], nowMs: number): void {
    this.#hushed = new Set(hushed.map(streamKey))
    for (const one of hushed) if (one.source === this.self) this.#streams.drop(one)
    this.#follow(nowMs)
  }

  /** Nothing is sent to these hops, whatever they ask; those barred before may ask again. */
  setBarred(hops: readonly MediaId[], nowMs: number): void {
    for (const hop of this.#subscribers.bar(hops)) this.#release(hop)
    this.#follow(nowMs)
  }

  isHushed(stream: StreamId): boolean {
    return this.#hushed.has(streamKey(stream))
  }

  #follow(nowMs: number): void {
    const { dropped, begun } = this.#wants.set(this.#wanted, nowMs, this.#hushed)
    for (const stream of dropped) this.#drop(stream)
    for (const stream of begun) this.showAgain(stream)
    this.#subscribe(nowMs)
    for (const hop of this.#subscribers.hops) this.#adopt(hop, nowMs)
  }

  /** The wanted layer of a picture is seen: others of it need not go on. */
  settle(stream: StreamId): void {
    const left = this.#wants.settle(stream)
    for (const one of left) this.#drop(one)
    if (left.length > 0) this.#subscribe(performance.now())
  }

  /** Somebody takes this stream of ours. */
  isWatched(layer: Layer): boolean {
    return (this.#streams.get({ source: this.self, layer })?.children.size ?? 0) > 0
  }

  *takersOf(layer: Layer): Generator<MediaId> {
    for (const hop of this.#streams.get({ source: this.self, layer })?.children.keys() ?? []) yield hop.id
  }

  /** Those who take a voice of another from us. Tabs that know no slots get none. */
  *voiceTakers(stream: StreamId): Generator<MediaId> {
    for (const [hop, { state }] of this.#streams.get(stream)?.children ?? []) if (state.maxTemporal === BY_SLOT) yield hop.id
  }

  wantOf(stream: StreamId): Want | undefined {
    return this.#wants.get(stream)?.want
  }

  isAskedOf(stream: StreamId, hop: MediaId): boolean {
    const entry = this.#wants.get(stream)
    return entry !== undefined && this.#wants.takesFrom(entry, hop)
  }

  /** With what each of them has room for. */
  takersOfPicture(layer: Layer): readonly Taker[] {
    return this.#streams.takersOf({ source: this.self, layer })
  }

  sendOwn(head: FrameHead, packet: Bytes): void {
    this.#streams.get(head)?.pass(head, { bytes: packet, from: undefined, plain: undefined }, performance.now())
  }

  /** A key of this source came: what could not be opened may be now. */
  unlock(source: MediaId): void {
    for (const stream of this.#streams.all) {
      if (stream.id.source !== source || stream.isOpened) continue
      for (const bytes of stream.takeKept()) {
        const head = parsePacket(bytes)?.head
        if (head !== undefined) this.#inbound.take(head, bytes, undefined)
      }
    }
  }

  /** A picture begins here, or begins anew: what is kept is shown, or the source is asked. */
  showAgain(stream: StreamId): void {
    this.#streams.get(stream)?.showAgain(performance.now())
  }

  /** Nothing that is kept helps: the source is asked for a key frame. */
  askSource(stream: StreamId): void {
    const { next, isSent } = askRefresh(this.#refreshes, streamKey(stream), performance.now())
    this.#refreshes = next
    if (!isSent) return
    if (stream.source === this.self) this.#ports.refreshOwn(stream.layer)
    const entry = this.#wants.get(stream)
    if (entry === undefined) return
    for (const parent of new Set([entry.parent, entry.isStandbyAsked ? entry.standby : undefined])) {
      if (parent !== undefined) this.hops.get(parent)?.say({ kind: 'refresh', stream: entry.stream })
    }
  }

  /** The device has more to do than it can, or no longer. What others take from this tab goes on as before. */
  setHalvings(halvings: Halvings): void {
    this.#wants.halve(halvings)
    this.#subscribe(performance.now())
  }

  tick(nowMs: number, strain: Strain): void {
    this.hops.tick(nowMs, strain.isFull)
    for (const stream of this.#streams.all) stream.check(nowMs)
    this.#subscribers.check(nowMs)
    this.#sayAsked()
    const { silent, lossy, isChanged } = this.#wants.check(nowMs, slackMs(strain))
    this.#tellSilent(silent)
    for (const { stream, parent } of lossy) this.#ports.news({ t: 'parent-lossy', stream, parent })
    if (isChanged || nowMs - this.#subscribeAtMs >= SUBSCRIBE_AGAIN_MS) this.#subscribe(nowMs)
  }

  close(): void {
    this.hops.end()
    this.#streams.clear()
    this.#subscribers.clear()
  }

  #forget(hop: Hop): void {
    this.#subscribers.delete(hop)
    this.#release(hop)
    const nowMs = performance.now()
    const silent = this.#wants.lose(hop.id, nowMs)
    this.#tellSilent(silent)
    if (silent.length > 0) this.#subscribe(nowMs)
  }

  #release(hop: Hop): void {
    for (const stream of this.#streams.all) stream.release(hop)
  }

  #tellSilent(silent: readonly Entry[]): void {
    for (const { stream, parent } of silent) this.#ports.news({ t: 'parent-silent', stream, parent })
  }

  #packet(hop: Hop, { head }: MediaPacket, bytes: Bytes): void {
    const entry = this.#wants.get(head)
    if (entry === undefined || !this.#wants.takesFrom(entry, hop.id)) return
    if (this.#streams.made(entry.stream).isOld(head.sequence)) this.#count(entry, hop, head, bytes, { isNew: false, isUsable: false })
    else this.#inbound.take(head, bytes, hop)
  }

  /** Opened, or there is no key for it here. What was changed on its way is as if it never came. */
  #arrive({ head, bytes, from, opened }: Inbound): void {
    const entry = this.#wants.get(head)
    const plain = opened.kind === 'frame' ? opened.plain : undefined
    if (entry === undefined) return
    if (opened.kind !== 'frame' && entry.want.isShown) this.#ports.unopened(head.source, opened.generation)
    if (opened.kind === 'false') return
    const arrival = this.#streams.made(entry.stream).arrive(head, { bytes, from, plain }, performance.now())
    if (from !== undefined) this.#count(entry, from, head, bytes, arrival)
  }

  #count(entry: Entry, { id }: Hop, head: FrameHead, { byteLength }: Bytes, arrival: Arrival): void {
    const nowMs = performance.now()
    if (this.#wants.arrived(entry, id, head.sequence, arrival, nowMs)) this.#subscribe(nowMs)
    this.#ports.arrived(head, id, byteLength, arrival.isNew)
  }

  #control(hop: Hop, control: HopControls): void {
    const nowMs = performance.now()
    switch (control.kind) {
      case 'subscribe':
        for (const stream of this.#subscribers.set(hop, control.wanted, nowMs)) this.#streams.get(stream)?.release(hop)
        this.#adopt(hop, nowMs)
        this.#sayAsked()
        return
      case 'refresh':
        this.#streams.get(control.stream)?.repeat(hop, nowMs)
        return
      default:
        control satisfies never
    }
  }

  /** Told when it differs: who asks may reach the source no other way, and then it is taken for them. */
  #sayAsked(): void {
    const streams = this.#forwards === 0 ? undefined : this.#subscribers.foreign(this.self)
    if (streams !== undefined) this.#ports.news({ t: 'asked', streams })
  }

  #drop(stream: StreamId): void {
    this.#streams.drop(stream)
    this.#inbound.drop(stream)
    this.#ports.unwanted(stream)
  }

  /** Of what the hop asks for, what we send or take ourselves, as far as we may pass it on. */
  #adopt(hop: Hop, nowMs: number): void {
    const subscribed = this.#subscribers.get(hop)
    if (subscribed === undefined) return
    for (const { source, layer, maxTemporal } of subscribed.wanted) {
      const isOwn = source === this.self
      if (this.isHushed({ source, layer })) continue
      if (!isOwn && this.#wants.get({ source, layer }) === undefined) continue
      const stream = this.#streams.made({ source, layer })
      if (!isOwn && !stream.children.has(hop) && stream.children.size >= this.#forwards) continue
      stream.adopt(hop, maxTemporal, subscribed.untilMs, nowMs)
      if (isOwn) this.#ports.subscribed(hop.id, layer)
      else if (viewOf(layer) === undefined && maxTemporal === BY_SLOT) this.#ports.voiceAsked(hop.id, { source, layer })
    }
  }

  #show(stream: StreamId, frame: Arrived<Came>): void {
    if (this.#wants.get(stream)?.want.isShown) this.#ports.show(frame)
  }

  #subscribe(nowMs: number): void {
    this.#subscribeAtMs = nowMs
    for (const hop of this.hops.all) this.#sayWanted(hop)
  }

  #sayWanted(hop: Hop): void {
    const wanted = this.#wants.of(hop.id, (stream) => this.#streams.get(stream)?.passedOn ?? 0)
    if (wanted.length === 0 && !hop.isAsked) return
    hop.isAsked = wanted.length > 0
    hop.say({ kind: 'subscribe', wanted })
  }
}
