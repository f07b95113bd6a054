/** One link: an RTCPeerConnection from its making to its close. A link that is replaced ends as `closed`; the next is a new object. */
import type { NegotiationEvent, NegotiationRole } from '../../core/call/negotiation.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Link, LinkPath, LinkState } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { LINK_PING_MS } from '../../protocol/limits.ts'
import type { SignalBody, TrackKind } from '../../protocol/signal.ts'
import { LinkChannels } from './channels.ts'
import { Negotiator } from './negotiator.ts'
import { readPath } from './path.ts'
import { LinkTracks } from './tracks.ts'

export type PeerLinkParts = {
  readonly peer: TabId
  readonly device: DeviceId
  readonly role: NegotiationRole
  readonly connection: RTCPeerConnection
  readonly clock: Clock
  readonly send: (body: SignalBody, ufrag: string) => Promise<void>
  readonly onRenew: () => void
  readonly onBreach: (code: RoomErrorCode, detail: string) => void
  readonly onCut: (reason: Error) => void
}

export class PeerLink implements Link {
  path: LinkPath = 'unknown'
  readonly #parts: PeerLinkParts
  readonly #channels: LinkChannels
  readonly #tracks: LinkTracks
  readonly #negotiator: Negotiator
  readonly #listeners = new Set<() => void>()
  #state: LinkState = 'connecting'
  #stopPinging = () => {}

  constructor(parts: PeerLinkParts) {
    this.#parts = parts
    const { connection, clock } = parts
    this.#tracks = new LinkTracks(connection)
    this.#negotiator = new Negotiator({ ...parts, tracks: this.#tracks, onTracks: () => this.#tell() })
    this.#channels = new LinkChannels(connection, clock, {
      onChange: () => this.#look(),
      onBroken: () => this.handle({ kind: 'effect-failed' }),
      onBreach: parts.onBreach,
    })
    connection.addEventListener('connectionstatechange', () => this.#connectionChanged())
  }

  get peer(): TabId {
    return this.#parts.peer
  }

  get device(): DeviceId {
    return this.#parts.device
  }

  get state(): LinkState {
    return this.#state
  }

  get rttMs(): number | undefined {
    return this.#channels.rttMs
  }

  get incoming(): ReadonlyMap<TrackKind, MediaStreamTrack> {
    return this.#tracks.incoming
  }

  get backlog(): number {
    return this.#negotiator.backlog
  }

  handle(event: NegotiationEvent): void {
    this.#negotiator.handle(event)
  }

  setOutgoing(kind: TrackKind, track: MediaStreamTrack | null): void {
    if (this.#state !== 'closed') this.#tracks.setOutgoing(kind, track)
  }

  sendCommand(frame: Uint8Array): boolean {
    return this.#channels.sendCommand(frame)
  }

  sendData(frame: Bytes): Promise<void> {
    return this.#channels.sendData(frame)
  }

  onCommand(listener: (frame: ArrayBuffer) => void): () => void {
    return this.#channels.onCommand(listener)
  }

  onData(listener: (frame: ArrayBuffer) => void): () => void {
    return this.#channels.onData(listener)
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  cut(reason: Error): void {
    if (this.#state !== 'closed') this.#parts.onCut(reason)
  }

  close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#stopPinging()
    this.#negotiator.close()
    this.#channels.close()
    this.#tracks.close()
    this.#parts.connection.close()
    this.#tell()
    this.#listeners.clear()
  }

  #connectionChanged(): void {
    const { connectionState } = this.#parts.connection
    if (connectionState === 'connected' || connectionState === 'disconnected' || connectionState === 'failed') {
      this.handle({ kind: 'connection-changed', to: connectionState })
    }
    this.#look()
  }

  #look(): void {
    if (this.#state === 'closed') return
    const before = this.#state
    this.#state = this.#seen()
    if (this.#state === 'connected' && before !== 'connected') this.#measure()
    this.#tell()
  }

  #seen(): LinkState {
    if (this.#parts.connection.connectionState === 'connected' && this.#channels.isOpen) return 'connected'
    return this.#state === 'connecting' ? 'connecting' : 'healing'
  }

  /** Round trip and path, now and every LINK_PING_MS while connected. */
  #measure(): void {
    this.#stopPinging()
    if (this.#state !== 'connected') return
    this.#channels.ping()
    readPath(this.#parts.connection).then(
      (path) => this.#setPath(path),
      () => {},
    )
    this.#stopPinging = this.#parts.clock.after(LINK_PING_MS, () => this.#measure())
  }

  #setPath(path: LinkPath): void {
    if (path === this.path || this.#state === 'closed') return
    this.path = path
    this.#tell()
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}
