/**
 * The pairs of this tab, for the worker: media channels and lines of every link. The lower tab id opens the channel; one that
 * is lost is opened again after a pause, for as long as the other is in the call.
 */
import { asksRoom } from '../../core/call/frames/hop-budget.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Link, Links } from '../../ports/link.ts'
import type { TabId } from '../../protocol/ids.ts'
import { HOP_REOPEN_MS, HOP_REPORT_MS, LINE_EVERY_MS } from '../../protocol/limits.ts'
import { type MediaId, mediaIdOf, VOICE_LINES } from '../../protocol/media.ts'
import type { Carrier, MediaFigures, MediaNews, TransformOf, VoiceLine } from '../../protocol/media-worker.ts'
import type { LineKind } from '../../protocol/signal.ts'
import { attachTransform } from './attach-transform.ts'
import type { MediaWorker } from './media-worker.ts'
import { Repeated } from './repeated.ts'
import { LINE_OF } from './voices.ts'

export type HopsParts = {
  readonly self: TabId
  readonly links: Links
  readonly media: MediaWorker
  readonly clock: Clock
  /** With which carrier a hop begins in this network. */
  readonly firstCarrier: () => Carrier
  /** What is between two lines for this tab's voice, now. */
  readonly voiceLinePauseMs: () => number
}

type Hop = {
  readonly link: Link
  readonly stops: readonly (() => void)[]
  /** Transforms that are being attached, until the worker has them. */
  readonly attaching: Map<LineKind, () => void>
  /** Lines that wait for their turn. */
  readonly asked: Set<LineKind>
  isOpen: boolean
  hasPipe: boolean
  roomKbps: number | undefined
  used: { readonly sentKbps: number; readonly queueMs: number }
  reopensAtMs: number
  toldRttMs: number | undefined
}

export class Hops {
  readonly #parts: HopsParts
  readonly #hops = new Map<MediaId, Hop>()
  readonly #rooms: Repeated
  readonly #opening: Repeated
  /** At most six for each hop: one of each kind. */
  readonly #pipesToOpen: (() => void)[] = []
  readonly #voicesToOpen: (() => void)[] = []
  #turn = 0
  #voiceOpenedAtMs = Number.NEGATIVE_INFINITY

  constructor(parts: HopsParts) {
    this.#parts = parts
    this.#rooms = new Repeated(parts.clock, HOP_REPORT_MS, () => this.#tellRooms())
    this.#opening = new Repeated(parts.clock, LINE_EVERY_MS, () => this.#openNext())
  }

  /** Whenever links or participants changed. A link of nobody in the call still listens: its tab may be ahead of its news. */
  follow(participants: readonly TabId[]): void {
    const { links } = this.#parts
    const present = new Map(links.all().map((link) => [mediaIdOf(link.peer), link]))
    for (const [id, { link }] of this.#hops) if (present.get(id) !== link) this.#drop(id)
    for (const [id, link] of present) if (!this.#hops.has(id)) this.#hops.set(id, this.#watch(id, link))
    for (const tab of participants) this.#open(mediaIdOf(tab))
    for (const [id, hop] of this.#hops) this.#tellWay(id, hop)
  }

  hear(news: MediaNews): void {
    if (news.t === 'figures') this.#noteUse(news.figures)
    if (!('hop' in news)) return
    const hop = this.#hops.get(news.hop)
    if (hop === undefined) return
    if (news.t === 'hop-lost') {
      hop.isOpen = false
      hop.reopensAtMs = this.#parts.clock.monotonicMs() + HOP_REOPEN_MS
    } else if (news.t === 'need-pipe') this.#queue(this.#pipesToOpen, hop, 'frames', () => this.#openPipe(news.hop, hop))
    else if (news.t === 'need-voice-line') {
      this.#queue(this.#voicesToOpen, hop, LINE_OF[news.line], () => this.#openVoice(news.hop, hop.link, news.line))
    }
  }

  #open(id: MediaId): void {
    const { self, media, clock } = this.#parts
    const hop = this.#hops.get(id)
    if (hop === undefined || hop.isOpen || hop.link.peer < self || hop.link.state !== 'connected') return
    if (clock.monotonicMs() < hop.reopensAtMs) return
    const channel = hop.link.media.openChannel()
    if (channel === undefined) return
    hop.isOpen = true
    media.post({ t: 'hop', hop: id, channel, first: this.#parts.firstCarrier() })
  }

  #tellWay(id: MediaId, hop: Hop): void {
    const { shortestRttMs: rttMs, rttMs: nowMs } = hop.link
    if (rttMs === undefined || nowMs === undefined || nowMs === hop.toldRttMs) return
    hop.toldRttMs = nowMs
    this.#parts.media.post({ t: 'way', hop: id, rttMs, nowMs })
  }

  #watch(id: MediaId, link: Link): Hop {
    const { media, clock } = this.#parts
    const attaching = new Map<LineKind, () => void>()
    const stops = [
      link.media.onChannel((channel) => {
        media.post({ t: 'hop', hop: id, channel, first: this.#parts.firstCarrier() })
      }),
      link.media.onLine((kind, receiver) => {
        attaching.get(kind)?.()
        attaching.set(kind, attachTransform(media, clock, receiver, transformOf(kind, id)))
      }),
    ]
    return {
      link,
      stops,
      attaching,
      asked: new Set(),
      isOpen: false,
      hasPipe: false,
      roomKbps: undefined,
      used: { sentKbps: 0, queueMs: 0 },
      reopensAtMs: 0,
      toldRttMs: undefined,
    }
  }

  /** One after another: each holds up the page while the engine makes it, and is negotiated. */
  #queue(lines: (() => void)[], { asked }: Hop, kind: LineKind, open: () => void): void {
    if (asked.has(kind)) return
    asked.add(kind)
    lines.push(() => {
      asked.delete(kind)
      open()
    })
    this.#opening.start()
  }

  #openNext(): void {
    const openPipe = this.#pipesToOpen.shift()
    if (openPipe !== undefined) openPipe()
    else if (this.#voicesToOpen.length === 0) this.#opening.stop()
    else this.#openNextVoice()
  }

  #openNextVoice(): void {
    const nowMs = this.#parts.clock.monotonicMs()
    if (nowMs - this.#voiceOpenedAtMs < this.#parts.voiceLinePauseMs()) return
    this.#voiceOpenedAtMs = nowMs
    this.#voicesToOpen.shift()?.()
  }

  #openPipe(id: MediaId, hop: Hop): void {
    const streams = hop.link.media.openLine('frames')
    if (streams === undefined) return
    hop.hasPipe = true
    this.#parts.media.post({ t: 'pipe', hop: id, streams })
    this.#rooms.start()
  }

  #noteUse({ hops }: MediaFigures): void {
    for (const { hop: id, sentKbps, queueMs } of hops) {
      const hop = this.#hops.get(id)
      if (hop !== undefined) hop.used = { sentKbps, queueMs }
    }
  }

  #tellRooms(): void {
    const { media } = this.#parts
    const piped = [...this.#hops].filter(([, { hasPipe }]) => hasPipe)
    if (piped.length === 0) this.#rooms.stop()
    this.#turn++
    for (const [id, hop] of piped) {
      if (!asksRoom(this.#turn, hop.roomKbps, hop.used)) continue
      const tell = (kbps: number | undefined) => {
        hop.roomKbps = kbps
        if (kbps !== undefined) media.post({ t: 'room', hop: id, kbps })
      }
      // Rejects only when the connection is closed meanwhile.
      hop.link.media.roomKbps().then(tell, () => {})
    }
  }

  #openVoice(id: MediaId, link: Link, line: VoiceLine): void {
    const streams = link.media.openLine(LINE_OF[line])
    if (streams !== undefined) this.#parts.media.post({ t: 'voice-line', hop: id, line, streams })
  }

  #drop(id: MediaId): void {
    const hop = this.#hops.get(id)
    for (const stop of [...(hop?.stops ?? []), ...(hop?.attaching.values() ?? [])]) stop()
    this.#hops.delete(id)
    this.#parts.media.post({ t: 'hop-closed', hop: id })
  }
}

function transformOf(kind: LineKind, hop: MediaId): TransformOf {
  const line = VOICE_LINES.find((one) => LINE_OF[one] === kind)
  return line === undefined ? { kind: 'pipe', hop } : { kind: 'voice', hop, line }
}
