/**
 * Tracks of a link, on one-way transceivers only: a two-way transceiver couples what the two sides may change and, on
 * the offerer, never runs a receiver transform. Each side says with every description which of its mids shows what.
 */
import { CAMERA_BITS_PER_SECOND, MICROPHONE_BITS_PER_SECOND, SCREEN_BITS_PER_SECOND } from '../../protocol/limits.ts'
import { TRACK_KINDS, type TrackKind } from '../../protocol/signal.ts'

const MAX_BITRATE: Record<TrackKind, number> = {
  microphone: MICROPHONE_BITS_PER_SECOND,
  camera: CAMERA_BITS_PER_SECOND,
  screen: SCREEN_BITS_PER_SECOND,
  'screen-audio': MICROPHONE_BITS_PER_SECOND,
}

export class LinkTracks {
  incoming: ReadonlyMap<TrackKind, MediaStreamTrack> = new Map()
  readonly #connection: RTCPeerConnection
  readonly #outgoing = new Map<TrackKind, RTCRtpTransceiver>()

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection
  }

  /** A transceiver once made is used again: m-lines of an SDP never go away. */
  setOutgoing(kind: TrackKind, track: MediaStreamTrack | null): void {
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

  /** mid to kind of what is sent; mids exist once the local description is set. */
  describe(): Record<string, TrackKind> {
    const tracks: Record<string, TrackKind> = {}
    for (const [kind, { mid, direction }] of this.#outgoing) {
      if (mid !== null && direction === 'sendonly') tracks[mid] = kind
    }
    return tracks
  }

  /** Call with what the other side declared, once its description is set. True when the incoming tracks changed. */
  setDeclared(declared: Readonly<Record<string, TrackKind>>): boolean {
    const incoming = new Map<TrackKind, MediaStreamTrack>()
    const own = new Set(this.#outgoing.values())
    const kinds = new Map(Object.entries(declared))
    for (const transceiver of this.#connection.getTransceivers()) {
      const kind = own.has(transceiver) ? undefined : kinds.get(transceiver.mid ?? '')
      const { track } = transceiver.receiver
      if (kind !== undefined && track.kind === mediaOf(kind)) incoming.set(kind, track)
    }
    const isSame = TRACK_KINDS.every((kind) => incoming.get(kind) === this.incoming.get(kind))
    if (!isSame) this.incoming = incoming
    return !isSame
  }

  close(): void {
    this.incoming = new Map()
  }

  #add(kind: TrackKind, track: MediaStreamTrack): RTCRtpTransceiver {
    const sendEncodings = [{ maxBitrate: MAX_BITRATE[kind] }]
    return this.#connection.addTransceiver(track, { direction: 'sendonly', sendEncodings })
  }
}

function mediaOf(kind: TrackKind): 'audio' | 'video' {
  return kind === 'camera' || kind === 'screen' ? 'video' : 'audio'
}
