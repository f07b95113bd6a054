/**
 * What travels from tab to tab in a meeting. A packet is one encoded frame: a mark, the hop's own count, the head of
 * the frame in clear, and the frame sealed by its source (SFrame, RFC 9605, with the head as metadata). It is the same on a
 * data channel and inside an RTP payload, so a frame may come by one and leave by the other; who forwards it needs no
 * key. Control packets go the other way, from who watches to who sends. All numbers are big-endian.
 */
import type { Bytes } from './bytes.ts'
import { fnv1a } from './fnv1a.ts'
import type { TabId } from './ids.ts'
import { HOP_CONTROL_BYTES, MEDIA_FRAME_BYTES, SUBSCRIPTIONS_PER_HOP } from './limits.ts'

/** What a participant sends. `thumb` and `main` are two encodings of one camera. The order is protocol. */
export const LAYERS = ['audio', 'thumb', 'main', 'screen', 'screen-audio'] as const
export type Layer = (typeof LAYERS)[number]

/** Layers with a key of their own: each may have another audience. */
export const KEY_KINDS = ['thumb', 'main', 'audio', 'screen'] as const
export type KeyKind = (typeof KEY_KINDS)[number]

export const LAYERS_OF: Readonly<Record<KeyKind, readonly Layer[]>> = {
  thumb: ['thumb'],
  main: ['main'],
  audio: ['audio'],
  screen: ['screen', 'screen-audio'],
}

/** Keys of each kind are numbered in a row of their own. */
export function keyNumber(kind: KeyKind, count: number): number {
  return count * KEY_KINDS.length + KEY_KINDS.indexOf(kind)
}

/** A key opens frames of its own kind only: who has the one of the small pictures can make no voice of it. */
export function isKeyOf(generation: number, layer: Layer): boolean {
  const kind = KEY_KINDS[generation % KEY_KINDS.length]
  return kind !== undefined && LAYERS_OF[kind].includes(layer)
}

/** Names a tab in packets: 32 bits of its id, never 0. Two that share one (one room of 300 in 100,000) would not see each other. */
export type MediaId = number

export function mediaIdOf(tab: TabId): MediaId {
  return fnv1a(tab) || 1
}

export type StreamId = { readonly source: MediaId; readonly layer: Layer }

export type FrameHead = StreamId & {
  /** Needs no other frame. */
  readonly isKey: boolean
  /** 0 is the base; who drops a temporal layer drops all above it. */
  readonly temporal: number
  /** This frame needs the one with `sequence - dependsOn`, and what that one needs; 0 for key frames alone. */
  readonly dependsOn: number
  /** Of its stream, without gaps at the source, wrapping after 2^32. It begins above all that this tab sent before. */
  readonly sequence: number
  /** The source's wall clock, its low 32 bits. */
  readonly capturedMs: number
}

export type Hop = {
  /** Of all packets the sender put on this pair, whatever the carrier. */
  readonly sequence: number
  /** The sender's clock in microseconds, low 32 bits: only differences mean anything. */
  readonly sentUs: number
}

export type MediaPacket = { readonly kind: 'frame'; readonly hop: Hop; readonly head: FrameHead; readonly sealed: Bytes }

/** All temporal layers: the base, and two that each double the pictures a second. */
export const HIGHEST_TEMPORAL = 2

/** Instead of a temporal layer: a voice of another, which who asks takes by a slot. Tabs that know no slots never say it. */
export const BY_SLOT = 3

/** Lines on which voices leave to a hop: two for those of the tab itself, and slots. The order is protocol. */
export const VOICE_LINES = ['audio', 'screen-audio', 'slot-1', 'slot-2', 'slot-3'] as const

export type Subscription = StreamId & {
  /** Highest temporal layer that is wanted. */
  readonly maxTemporal: number
}

export type HopControl =
  /** What came since the last report: packets, those the sender had counted, and how long the fastest of them stood in queues. */
  | { readonly kind: 'report'; readonly received: number; readonly expected: number; readonly queueMs: number }
  /** All that is wanted of this tab; takes the place of what was said before. */
  | { readonly kind: 'subscribe'; readonly wanted: readonly Subscription[] }
  /** A key frame of this stream is needed. */
  | { readonly kind: 'refresh'; readonly stream: StreamId }
  /** On which voice lines did something come? */
  | { readonly kind: 'lines-asked' }
  /** On these, since that was asked last. */
  | { readonly kind: 'lines-heard'; readonly lines: readonly (typeof VOICE_LINES)[number][] }

/** First byte of a packet with a frame. It reads as an inter frame's first VP8 byte, so that an RTP payload may begin with it. */
export const FRAME_MARK = 0x11
const REPORT_MARK = 0x02
const SUBSCRIBE_MARK = 0x03
const REFRESH_MARK = 0x04
const LINES_ASKED_MARK = 0x05
const LINES_HEARD_MARK = 0x06

const HOP_BYTES = 8
export const HEAD_BYTES = 16
/** What stands before the sealed frame. */
export const PACKET_HEAD_BYTES = 1 + HOP_BYTES + HEAD_BYTES

const HEAD_VERSION = 1
const SUBSCRIPTION_BYTES = 6

/** The head as it travels and as it is authenticated. */
export function encodeHead(head: FrameHead): Bytes {
  const bytes = new Uint8Array(HEAD_BYTES)
  writeHead(new DataView(bytes.buffer), 0, head)
  return bytes
}

/** A packet with a place for its hop, which `stampHop` fills on each way it takes. */
export function encodePacket(head: FrameHead, sealed: Uint8Array): Bytes {
  const bytes = new Uint8Array(PACKET_HEAD_BYTES + sealed.byteLength)
  bytes[0] = FRAME_MARK
  writeHead(new DataView(bytes.buffer), 1 + HOP_BYTES, head)
  bytes.set(sealed, PACKET_HEAD_BYTES)
  return bytes
}

/** Writes the hop into the packet itself: whoever sends it to several stamps, sends, and stamps again. */
export function stampHop(packet: Bytes, hop: Hop): void {
  const view = new DataView(packet.buffer, packet.byteOffset)
  view.setUint32(1, hop.sequence)
  view.setUint32(5, hop.sentUs)
}

/** Views into the buffer, no copies. Undefined: not a packet of this version. */
export function parsePacket(bytes: Bytes): MediaPacket | undefined {
  if (bytes.byteLength <= PACKET_HEAD_BYTES || bytes.byteLength > MEDIA_FRAME_BYTES || bytes[0] !== FRAME_MARK) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const head = readHead(view, 1 + HOP_BYTES)
  if (head === undefined) return undefined
  return { kind: 'frame', hop: { sequence: view.getUint32(1), sentUs: view.getUint32(5) }, head, sealed: bytes.subarray(PACKET_HEAD_BYTES) }
}

/** What a voice line carries: a head and the sealed frame. RTP itself counts and times the hop. */
export type LineFrame = { readonly head: FrameHead; readonly sealed: Bytes }

export function encodeLineFrame(head: FrameHead, sealed: Uint8Array): Bytes {
  const bytes = new Uint8Array(HEAD_BYTES + sealed.byteLength)
  writeHead(new DataView(bytes.buffer), 0, head)
  bytes.set(sealed, HEAD_BYTES)
  return bytes
}

/** Views into the buffer, no copies. Undefined: not of this version. */
export function parseLineFrame(bytes: Bytes): LineFrame | undefined {
  if (bytes.byteLength <= HEAD_BYTES || bytes.byteLength > MEDIA_FRAME_BYTES) return undefined
  const head = readHead(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0)
  return head === undefined ? undefined : { head, sealed: bytes.subarray(HEAD_BYTES) }
}

/** The bytes of a packet that its source authenticated beside the frame. */
export function headOf(packet: Bytes): Bytes {
  return packet.subarray(1 + HOP_BYTES, PACKET_HEAD_BYTES)
}

export function encodeControl(control: HopControl): Bytes {
  switch (control.kind) {
    case 'report': {
      const bytes = new Uint8Array(7)
      const view = new DataView(bytes.buffer)
      bytes[0] = REPORT_MARK
      for (const [at, value] of [control.received, control.expected, control.queueMs].entries()) {
        view.setUint16(1 + 2 * at, Math.min(0xffff, Math.max(0, Math.round(value))))
      }
      return bytes
    }
    case 'subscribe': {
      const bytes = new Uint8Array(1 + SUBSCRIPTION_BYTES * control.wanted.length)
      const view = new DataView(bytes.buffer)
      bytes[0] = SUBSCRIBE_MARK
      for (const [at, one] of control.wanted.entries()) {
        writeStream(view, 1 + SUBSCRIPTION_BYTES * at, one)
        view.setUint8(6 + SUBSCRIPTION_BYTES * at, one.maxTemporal)
      }
      return bytes
    }
    case 'refresh': {
      const bytes = new Uint8Array(6)
      bytes[0] = REFRESH_MARK
      writeStream(new DataView(bytes.buffer), 1, control.stream)
      return bytes
    }
    case 'lines-asked':
      return new Uint8Array([LINES_ASKED_MARK])
    case 'lines-heard':
      return new Uint8Array([LINES_HEARD_MARK, control.lines.reduce((bits, line) => bits | (1 << VOICE_LINES.indexOf(line)), 0)])
    default:
      return control satisfies never
  }
}

/** Undefined: malformed, or of a newer tab. */
export function parseControl(bytes: Bytes): HopControl | undefined {
  if (bytes.byteLength > HOP_CONTROL_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (bytes[0]) {
    case REPORT_MARK:
      if (bytes.byteLength !== 7) return undefined
      return { kind: 'report', received: view.getUint16(1), expected: view.getUint16(3), queueMs: view.getUint16(5) }
    case SUBSCRIBE_MARK:
      return parseSubscriptions(view)
    case REFRESH_MARK: {
      const stream = bytes.byteLength === 6 ? readStream(view, 1) : undefined
      return stream === undefined ? undefined : { kind: 'refresh', stream }
    }
    case LINES_ASKED_MARK:
      return bytes.byteLength === 1 ? { kind: 'lines-asked' } : undefined
    case LINES_HEARD_MARK:
      return bytes.byteLength === 2 ? parseLines(view.getUint8(1)) : undefined
    default:
      return undefined
  }
}

function parseLines(bits: number): HopControl | undefined {
  if (bits >> VOICE_LINES.length !== 0) return undefined
  return { kind: 'lines-heard', lines: VOICE_LINES.filter((_, at) => (bits & (1 << at)) !== 0) }
}

function parseSubscriptions(view: DataView): HopControl | undefined {
  const count = (view.byteLength - 1) / SUBSCRIPTION_BYTES
  if (!Number.isInteger(count) || count > SUBSCRIPTIONS_PER_HOP) return undefined
  const wanted: Subscription[] = []
  for (let at = 1; at < view.byteLength; at += SUBSCRIPTION_BYTES) {
    const stream = readStream(view, at)
    const maxTemporal = view.getUint8(at + 5)
    if (stream === undefined || maxTemporal > 3) return undefined
    wanted.push({ ...stream, maxTemporal })
  }
  return { kind: 'subscribe', wanted }
}

function writeHead(view: DataView, at: number, head: FrameHead): void {
  view.setUint8(at, (HEAD_VERSION << 4) | LAYERS.indexOf(head.layer))
  view.setUint8(at + 1, (head.isKey ? 1 : 0) | (head.temporal << 1))
  view.setUint16(at + 2, head.dependsOn)
  view.setUint32(at + 4, head.source)
  view.setUint32(at + 8, head.sequence)
  view.setUint32(at + 12, head.capturedMs)
}

function readHead(view: DataView, at: number): FrameHead | undefined {
  const first = view.getUint8(at)
  const flags = view.getUint8(at + 1)
  const layer = LAYERS[first & 0xf]
  const source = view.getUint32(at + 4)
  if (first >> 4 !== HEAD_VERSION || layer === undefined || flags > 7 || source === 0) return undefined
  const isKey = (flags & 1) === 1
  const temporal = flags >> 1
  const dependsOn = view.getUint16(at + 2)
  // A key frame is of the base, and it alone needs none.
  if (isKey ? temporal !== 0 || dependsOn !== 0 : dependsOn === 0) return undefined
  return { layer, isKey, temporal, dependsOn, source, sequence: view.getUint32(at + 8), capturedMs: view.getUint32(at + 12) }
}

function writeStream(view: DataView, at: number, { source, layer }: StreamId): void {
  view.setUint32(at, source)
  view.setUint8(at + 4, LAYERS.indexOf(layer))
}

function readStream(view: DataView, at: number): StreamId | undefined {
  const source = view.getUint32(at)
  const layer = LAYERS[view.getUint8(at + 4)]
  return layer === undefined || source === 0 ? undefined : { source, layer }
}

/** As a key of maps. */
export function streamKey({ source, layer }: StreamId): string {
  return `${source} ${layer}`
}
