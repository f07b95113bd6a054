/** What the tab is told once a second: counts since the last time, and what this tab could send. */
import { beginEstimate, isLineDownShort, stepEstimate } from '../../src/core/call/frames/estimate-line.ts'
import { DOWNLINK_ASSUMED_KBPS, UPLINK_ASSUMED_KBPS } from '../../src/protocol/limits.ts'
import { type FrameHead, type Layer, type MediaId, type StreamId, streamKey } from '../../src/protocol/media.ts'
import type { MediaFigures, StreamFigures } from '../../src/protocol/media-worker.ts'
import type { Hop } from './hop.ts'
import { kbps } from './hop-traffic.ts'
import type { Stream } from './stream.ts'

type Incoming = { readonly stream: StreamId; from: MediaId; frames: number; bytes: number; delayMs: number; shown: number }
type Outgoing = { frames: number; bytes: number }

export type FigureParts = {
  readonly self: MediaId
  readonly hops: Iterable<Hop>
  readonly streams: Iterable<Stream>
  readonly strain: Pick<MediaFigures, 'lateMs' | 'halvings'>
  /** What comes to a device whose own clock runs late says nothing of its line. */
  readonly isLate: boolean
  readonly nowMs: number
}

export class Figures {
  #incoming = new Map<string, Incoming>()
  #outgoing = new Map<Layer, Outgoing>()
  #levels = new Map<MediaId, number>()
  #uplink = beginEstimate(UPLINK_ASSUMED_KBPS)
  #downlink = beginEstimate(DOWNLINK_ASSUMED_KBPS)
  #sinceMs = performance.now()
  /** What others send stands in queues, or is lost on its way, as far as is known. */
  isLineShort = false

  /** What comes a second time costs its bytes and is no frame more. */
  arrived(head: FrameHead, from: MediaId, bytes: number, isNew: boolean): void {
    const one = this.#of(head)
    one.bytes += bytes
    if (!isNew) return
    one.from = from
    one.frames++
    // Wall clocks of two machines: a clock that is ahead makes it negative.
    one.delayMs += (Date.now() - head.capturedMs) | 0
  }

  shown(stream: StreamId): void {
    this.#of(stream).shown++
  }

  heard(source: MediaId, layer: Layer, from: MediaId, bytes: number, level: number): void {
    const one = this.#of({ source, layer })
    one.from = from
    one.frames++
    one.bytes += bytes
    one.shown++
    this.#levels.set(source, Math.max(level, this.#levels.get(source) ?? 0))
  }

  sent(layer: Layer, bytes: number): void {
    const one = this.#outgoing.get(layer) ?? { frames: 0, bytes: 0 }
    one.frames++
    one.bytes += bytes
    this.#outgoing.set(layer, one)
  }

  take({ self, hops, streams, strain, isLate, nowMs }: FigureParts): MediaFigures {
    const seconds = Math.max(0.001, (nowMs - this.#sinceMs) / 1000)
    const byKey = new Map([...streams].map((stream) => [streamKey(stream.id), stream]))
    const measured = [...hops].map((hop) => ({
      hop,
      figures: { hop: hop.id, carrier: hop.carrier, ...hop.traffic.figures(seconds) },
    }))
    const hopFigures = measured.map(({ figures }) => figures)
    const sending = hopFigures.filter(({ sentKbps }) => sentKbps > 0)
    const standing = [...hops].filter(({ traffic }) => traffic.isCongested).length
    // One slow child is that child's matter; when half of them are slow, it is our own line.
    const isCongested = sending.length > 0 && 2 * standing >= sending.length
    const sentKbps = sending.reduce((sum, { sentKbps }) => sum + sentKbps, 0)
    this.#uplink = stepEstimate(this.#uplink, { wentKbps: sentKbps, isCongested }, nowMs)
    const inbound = measured
      .filter(({ figures }) => figures.receivedKbps > 0)
      .map(({ hop, figures: { delivered } }) => ({ delivered, queueMs: hop.traffic.inboundQueueMs, longerMs: hop.traffic.way.longerMs }))
    const receivedKbps = hopFigures.reduce((sum, { receivedKbps }) => sum + receivedKbps, 0)
    this.isLineShort = !isLate && isLineDownShort(inbound)
    this.#downlink = stepEstimate(this.#downlink, { wentKbps: receivedKbps, isCongested: this.isLineShort }, nowMs)
    const figures: MediaFigures = {
      ...strain,
      uplinkKbps: Math.round(this.#uplink.kbps),
      downlinkKbps: Math.round(this.#downlink.kbps),
      hops: hopFigures,
      incoming: [...this.#incoming].map(([key, one]) => incomingFigures(one, byKey.get(key), seconds)),
      outgoing: [...this.#outgoing].map(([layer, { frames, bytes }]) => ({
        layer,
        kbps: kbps(bytes, seconds),
        fps: Math.round(frames / seconds),
        children: byKey.get(streamKey({ source: self, layer }))?.children.size ?? 0,
      })),
      levels: [...this.#levels],
    }
    this.#incoming = new Map()
    this.#outgoing = new Map()
    this.#levels = new Map()
    this.#sinceMs = nowMs
    return figures
  }

  #of(stream: StreamId): Incoming {
    const key = streamKey(stream)
    let one = this.#incoming.get(key)
    if (one === undefined) {
      one = { stream: { source: stream.source, layer: stream.layer }, from: stream.source, frames: 0, bytes: 0, delayMs: 0, shown: 0 }
      this.#incoming.set(key, one)
    }
    return one
  }
}

function incomingFigures(
  { stream, from, frames, bytes, delayMs, shown }: Incoming,
  passed: Stream | undefined,
  seconds: number,
): StreamFigures {
  return {
    ...stream,
    from,
    frames,
    shown,
    delayMs: frames === 0 ? 0 : Math.round(delayMs / frames),
    kbps: kbps(bytes, seconds),
    broken: passed?.takeBroken() ?? 0,
    forwardedTo: passed?.children.size ?? 0,
  }
}
