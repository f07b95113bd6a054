/** The pairs of this tab: their channels and pipes, the reports both sides give, and the carrier that follows from them. */
import { askPipe, NO_PIPE_ASKED, type PipeAsks, restPipe } from '../../src/core/call/frames/pipe-silence.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { HOP_REPORT_MS } from '../../src/protocol/limits.ts'
import type { HopControl, MediaId, MediaPacket } from '../../src/protocol/media.ts'
import type { Carrier, MediaNews, VoiceLine } from '../../src/protocol/media-worker.ts'
import { Hop } from './hop.ts'
import type { Report } from './hop-meter.ts'
import { UNKNOWN_WAY, type Way } from './hop-traffic.ts'
import type { PipeWriter } from './pipe.ts'

export type HopControls = Exclude<HopControl, { kind: 'report' | 'lines-asked' | 'lines-heard' }>

export type HopsPorts = {
  readonly news: (news: MediaNews) => void
  readonly opened: (hop: Hop) => void
  /** Closed by either side. */
  readonly gone: (hop: Hop) => void
  readonly packet: (hop: Hop, packet: MediaPacket, bytes: Bytes) => void
  readonly control: (hop: Hop, control: HopControls) => void
  /** Voice lines of a hop on which something came since this was asked last. */
  readonly linesHeard: (hop: MediaId) => readonly VoiceLine[]
  /** The same, by the word of its other side. */
  readonly linesTold: (hop: MediaId, heard: readonly VoiceLine[]) => void
  readonly failed: (cause: unknown) => void
}

/** Nothing arrives any more: what a report would say. */
const NOTHING_CAME: Report = { received: 0, expected: 1, queueMs: 0 }

export class Hops {
  readonly #ports: HopsPorts
  readonly #hops = new Map<MediaId, Hop>()
  /** They belong to their connection, and outlive a channel that is opened anew. */
  readonly #pipes = new Map<MediaId, PipeWriter>()
  readonly #asks = new Map<MediaId, PipeAsks>()
  readonly #ways = new Map<MediaId, Way>()
  #reportAtMs = 0
  #isBusy = false

  constructor(ports: HopsPorts) {
    this.#ports = ports
  }

  get all(): Iterable<Hop> {
    return this.#hops.values()
  }

  get(id: MediaId): Hop | undefined {
    return this.#hops.get(id)
  }

  open(id: MediaId, channel: RTCDataChannel, first: Carrier): void {
    this.#close(id)
    const { packet, failed } = this.#ports
    const hop = new Hop(id, channel, {
      opened: (hop) => this.#opened(hop),
      lost: (hop) => this.#lost(hop),
      packet,
      control: (hop, control) => this.#control(hop, control),
      failed,
    })
    hop.pipe = this.#pipes.get(id)
    hop.traffic.way = this.#ways.get(id) ?? UNKNOWN_WAY
    hop.traffic.begin(first)
    this.#hops.set(id, hop)
  }

  setWay(id: MediaId, way: Way): void {
    this.#ways.set(id, way)
    const hop = this.#hops.get(id)
    if (hop !== undefined) hop.traffic.way = way
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

  /** Its link is gone, and the pipe with it. */
  drop(id: MediaId): void {
    this.#close(id)
    this.#pipes.get(id)?.close()
    this.#pipes.delete(id)
    this.#asks.delete(id)
    this.#ways.delete(id)
  }

  /** `isBusy`: this device has more to do than it can. */
  tick(nowMs: number, isBusy: boolean): void {
    this.#isBusy = isBusy
    for (const hop of this.#hops.values()) hop.check(nowMs)
    if (nowMs - this.#reportAtMs < HOP_REPORT_MS) return
    this.#reportAtMs = nowMs
    for (const hop of this.#hops.values()) {
      const report = hop.traffic.report()
      if (report !== undefined) hop.say({ kind: 'report', ...report })
      if (hop.traffic.isUnreported(nowMs) || hop.traffic.isPipeDead(nowMs)) this.#choose(hop, NOTHING_CAME)
    }
  }

  end(): void {
    for (const hop of this.#hops.values()) hop.close()
    for (const pipe of this.#pipes.values()) pipe.close()
    this.#hops.clear()
    this.#pipes.clear()
  }

  #opened(hop: Hop): void {
    this.#ports.news({ t: 'hop-open', hop: hop.id })
    this.#ports.opened(hop)
  }

  #lost(hop: Hop): void {
    if (this.#hops.get(hop.id) === hop) this.#hops.delete(hop.id)
    this.#ports.gone(hop)
    this.#ports.news({ t: 'hop-lost', hop: hop.id })
  }

  #close(id: MediaId): void {
    const hop = this.#hops.get(id)
    if (hop === undefined) return
    this.#hops.delete(id)
    hop.close()
    this.#ports.gone(hop)
  }

  #control(hop: Hop, control: HopControl): void {
    if (control.kind === 'report') {
      this.#choose(hop, control)
      return
    }
    hop.traffic.spoke(performance.now())
    if (control.kind === 'lines-asked') hop.say({ kind: 'lines-heard', lines: this.#ports.linesHeard(hop.id) })
    else if (control.kind === 'lines-heard') this.#ports.linesTold(hop.id, control.lines)
    else this.#ports.control(hop, control)
  }

  #choose(hop: Hop, report: Report): void {
    const nowMs = performance.now()
    const own = { hasPipe: hop.pipe?.isOpen === true, isBusy: this.#isBusy }
    const { carrier, wantsPipe, diedAfterMs } = hop.traffic.reported(report, own, nowMs)
    hop.carrier = carrier
    if (diedAfterMs !== undefined) this.#leavePipe(hop, diedAfterMs, nowMs)
    else if (wantsPipe && (hop.pipe === undefined || hop.pipe.isBroken)) this.#askPipe(hop, nowMs)
  }

  /** It brings nothing; another is opened when this one is needed again. */
  #leavePipe(hop: Hop, heldMs: number, nowMs: number): void {
    hop.pipe?.close()
    hop.pipe = undefined
    this.#pipes.delete(hop.id)
    this.#asks.set(hop.id, restPipe(this.#asks.get(hop.id) ?? NO_PIPE_ASKED, heldMs, nowMs))
  }

  #askPipe({ id }: Hop, nowMs: number): void {
    const asks = this.#asks.get(id) ?? NO_PIPE_ASKED
    if (nowMs < asks.notBeforeMs) return
    this.#asks.set(id, askPipe(asks, nowMs))
    this.#ports.news({ t: 'need-pipe', hop: id })
  }
}
