/**
 * Tracks of a link, on one-way transceivers only: a two-way transceiver couples what the two sides may change and, on
 * the offerer, never runs a receiver transform. Each side says with every description which of its mids shows what.
 * Lines are transceivers without a track, for frames that come encoded; they stay as long as the connection, or until made anew.
 */
import { CAMERA_BITS_PER_SECOND, MICROPHONE_BITS_PER_SECOND, SCREEN_BITS_PER_SECOND } from '../../protocol/limits.ts'
import { LINE_KINDS, type LineKind, type PlainKind, TRACK_KINDS, type TrackKind } from '../../protocol/signal.ts'

import { type EncodedStreams, hasEncodedStreams, passThrough, takeEncodedStreams } from './encoded-streams.ts'

const MAX_BITRATE: Record<PlainKind, number> = {
  microphone: MICROPHONE_BITS_PER_SECOND,
  camera: CAMERA_BITS_PER_SECOND,
  screen: SCREEN_BITS_PER_SECOND,
  'screen-audio': MICROPHONE_BITS_PER_SECOND,
}

export class LinkTracks {
  incoming: ReadonlyMap<TrackKind, MediaStreamTrack> = new Map()
  readonly #connection: RTCPeerConnection
  readonly #outgoing = new Map<TrackKind, RTCRtpTransceiver>()
  readonly #lines = new Map<LineKind, RTCRtpReceiver>()
  readonly #lineListeners = new Set<(kind: LineKind, receiver: RTCRtpReceiver) => void>()
  /** Receivers of plain tracks whose frames were let through. */
  readonly #opened = new WeakSet<RTCRtpReceiver>()

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection
  }

  /** A transceiver once made is used again: m-lines of an SDP never go away. */
  setOutgoing(kind: PlainKind, track: MediaStreamTrack | null): void {
    const transceiver = this.#outgoing.get(kind)
    if (transceiver === undefined) {
      if (track !== null) this.#outgoing.set(kind, this.#add(kind, track))
      return
    }
    if (transceiver.sender.track === track) return
    // Rejects only when the connection is closed meanwhile.
    transceiver.sender.replaceTrack(track).catch(() => {})
    const direction = track === null ? 'inactive' : 'sendonly'
    if (transceiver.direction !== direction) transceiver.direction = direction
  }

  /**
   * Undefined where the engine hands out no encoded frames. Asked for again, a line is made anew, since the one before brought nothing;
   * not before the other side agreed to that one. An m-line that was stopped is used again.
   */
  openLine(kind: LineKind): EncodedStreams | undefined {
    const before = this.#outgoing.get(kind)
    if (!hasEncodedStreams() || (before !== undefined && before.currentDirection !== 'sendonly')) return undefined
    before?.stop()
    const transceiver = this.#connection.addTransceiver(mediaOf(kind), { direction: 'sendonly' })
    transceiver.setCodecPreferences(lineCodecs(mediaOf(kind)))
    this.#outgoing.set(kind, transceiver)
    return takeEncodedStreams(transceiver.sender)
  }

  async roomKbps(): Promise<number | undefined> {
    const report = await this.#outgoing.get('frames')?.sender.getStats()
    if (report === undefined) return undefined
    const stats: readonly { readonly availableOutgoingBitrate?: number }[] = [...report.values()]
    const bitsPerSecond = stats.find(({ availableOutgoingBitrate }) => availableOutgoingBitrate !== undefined)?.availableOutgoingBitrate
    return bitsPerSecond === undefined ? undefined : bitsPerSecond / 1000
  }

  onLine(listener: (kind: LineKind, receiver: RTCRtpReceiver) => void): () => void {
    this.#lineListeners.add(listener)
    for (const [kind, receiver] of this.#lines) listener(kind, receiver)
    return () => this.#lineListeners.delete(listener)
  }

  /** mid to kind of what is sent; mids exist once the local description is set. */
  describe(): Record<string, TrackKind> {
    const tracks: Record<string, TrackKind> = {}
    for (const [kind, { mid, direction }] of this.#outgoing) {
      if (mid !== null && direction === 'sendonly') tracks[mid] = kind
    }
    return tracks
  }

  /** Call with what the other side declared, once its description is set. True when the incoming tracks changed. */
  setDeclared(declared: Readonly<Record<string, string>>): boolean {
    const incoming = new Map<TrackKind, MediaStreamTrack>()
    const own = new Set(this.#outgoing.values())
    const kinds = new Map(Object.entries(declared))
    for (const transceiver of this.#connection.getTransceivers()) {
      const declaredKind = own.has(transceiver) ? undefined : kinds.get(transceiver.mid ?? '')
      const kind = TRACK_KINDS.find((known) => known === declaredKind)
      const { receiver } = transceiver
      if (kind === undefined || receiver.track.kind !== mediaOf(kind)) continue
      incoming.set(kind, receiver.track)
      this.#receive(kind, receiver)
    }
    const isSame = TRACK_KINDS.every((kind) => incoming.get(kind) === this.incoming.get(kind))
    if (!isSame) this.incoming = incoming
    return !isSame
  }

  close(): void {
    this.incoming = new Map()
    this.#lineListeners.clear()
  }

  /** Before the first frame: it comes when the other side has our description. */
  #receive(kind: TrackKind, receiver: RTCRtpReceiver): void {
    if (isLine(kind)) {
      if (this.#lines.get(kind) === receiver) return
      this.#lines.set(kind, receiver)
      for (const listener of [...this.#lineListeners]) listener(kind, receiver)
    } else if (hasEncodedStreams() && !this.#opened.has(receiver)) {
      this.#opened.add(receiver)
      passThrough(receiver)
    }
  }

  #add(kind: PlainKind, track: MediaStreamTrack): RTCRtpTransceiver {
    const sendEncodings = [{ maxBitrate: MAX_BITRATE[kind] }]
    const transceiver = this.#connection.addTransceiver(track, { direction: 'sendonly', sendEncodings })
    if (hasEncodedStreams()) passThrough(transceiver.sender)
    return transceiver
  }
}

function mediaOf(kind: TrackKind): 'audio' | 'video' {
  return kind === 'camera' || kind === 'screen' || kind === 'frames' ? 'video' : 'audio'
}

/** What a line needs: a description with all that an engine knows is long, and both sides work through it at each change. */
function lineCodecs(media: 'audio' | 'video'): RTCRtpCodec[] {
  const wanted = media === 'audio' ? ['audio/opus'] : ['video/VP8', 'video/rtx']
  return (RTCRtpReceiver.getCapabilities(media)?.codecs ?? []).filter(({ mimeType }) => wanted.includes(mimeType))
}

function isLine(kind: TrackKind): kind is LineKind {
  return (LINE_KINDS as readonly TrackKind[]).includes(kind)
}
