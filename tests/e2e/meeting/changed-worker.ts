/**
 * Runs in the media worker of a tab before the worker's own code, and makes of that tab a changed client: it says that it carries
 * whatever one likes, and does with frames of others as it is told. What is its own goes as ever.
 */
import { type MediaId, parseLineFrame, parsePacket, stampHop } from '../../../src/protocol/media.ts'

export type Lie =
  | 'honest'
  /** Every third frame is thrown away, and the others are numbered as if it had never been. */
  | 'thins'
  /** Of ten frames one goes on, numbered so too. */
  | 'trickles'
  /** With each frame goes one of a second ago, and one of three. */
  | 'replays'

type Bytes = Uint8Array<ArrayBuffer>
type Way = { hidden: number; readonly old: Bytes[] }

const SECOND = 15
const KEPT = 3 * SECOND
/** A gigabit and a million packets a second. */
const CLAIMED = 1_000_000

let lie: Lie = 'honest'
let own: MediaId | undefined
let count = 0
const ways = new WeakMap<object, Way>()

type Said = { readonly t: string; readonly self: MediaId; readonly lie: Lie }
self.addEventListener('message', (event: MessageEvent<Said>) => {
  if (event.data.t === 'begin') own = event.data.self
  if (event.data.t !== 'lie') return
  event.stopImmediatePropagation()
  lie = event.data.lie
})

type News = { readonly t: string; readonly figures?: object }
const post = self.postMessage as (news: News) => void
self.postMessage = (news: News) => {
  if (news.t === 'figures') return post({ ...news, figures: { ...news.figures, uplinkKbps: CLAIMED } })
  post(news.t === 'ready' ? ({ ...news, packetsPerSecond: CLAIMED } as News) : news)
}

/** What goes in place of a frame of somebody else. */
function changed(to: object, bytes: Bytes): readonly Bytes[] {
  const way = ways.get(to) ?? { hidden: 0, old: [] }
  ways.set(to, way)
  count++
  const isThrownAway = (lie === 'thins' && count % 3 === 0) || (lie === 'trickles' && count % 10 !== 0)
  if (isThrownAway) {
    way.hidden++
    return []
  }
  const packet = parsePacket(bytes)
  if (packet !== undefined) stampHop(bytes, { ...packet.hop, sequence: (packet.hop.sequence - way.hidden) >>> 0 })
  way.old.push(bytes.slice())
  if (way.old.length > KEPT) way.old.shift()
  if (lie !== 'replays') return [bytes]
  return [bytes, ...[way.old.at(-SECOND), way.old.at(-KEPT)].flatMap((old) => (old === undefined ? [] : [old.slice()]))]
}

function isForeign(bytes: Bytes): boolean {
  const head = parsePacket(bytes)?.head ?? parseLineFrame(bytes)?.head
  return head !== undefined && head.source !== own
}

type Send = (this: RTCDataChannel, data: Bytes) => void
const send = RTCDataChannel.prototype.send as Send
const sendChanged: Send = function (data) {
  const bytes = new Uint8Array(data)
  if (!isForeign(bytes)) return send.call(this, data)
  for (const one of changed(this, bytes)) send.call(this, one)
}
RTCDataChannel.prototype.send = sendChanged as typeof RTCDataChannel.prototype.send

type Frame = { data: ArrayBuffer }
type Kind = new (frame: unknown) => Frame
const { write } = WritableStreamDefaultWriter.prototype
WritableStreamDefaultWriter.prototype.write = async function (this: WritableStreamDefaultWriter, frame: unknown) {
  const Copy = [RTCEncodedVideoFrame, RTCEncodedAudioFrame].find((kind) => frame instanceof kind) as unknown as Kind | undefined
  const bytes = Copy === undefined ? undefined : new Uint8Array((frame as Frame).data.slice(0))
  if (Copy === undefined || bytes === undefined || !isForeign(bytes)) return write.call(this, frame)
  for (const one of changed(this, bytes)) await write.call(this, Object.assign(new Copy(frame), { data: one.buffer }))
}
