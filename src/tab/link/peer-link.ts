/** One link: an RTCPeerConnection from its making to its close. A link that is replaced ends as `closed`; the next is a new object. */
import { asksAt, type Hearing, hear, startHearing } from '../../core/call/hearing.ts'
import type { NegotiationEvent, NegotiationRole } from '../../core/call/negotiation.ts'
import { readSdp } from '../../core/call/sdp.ts'
import { highWaterOf } from '../../core/storage/bulk-pace.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Link, LinkMedia, LinkPath, LinkState } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import { encodeFrame, type Parsed } from '../../protocol/frame.ts'
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { LINK_PING_BUSY_MS, LINK_PING_MS } from '../../protocol/limits.ts'
import type { PlainKind, SignalBody, TrackKind } from '../../protocol/signal.ts'
import type { CommandMessage } from '../../protocol/transfer.ts'
import { LinkChannels } from './channels.ts'
import { LinkLanes } from './lanes.ts'
import { MediaOfLink } from './link-media.ts'
import { Negotiator } from './negotiator.ts'
import { readPath } from './path.ts'
import { LinkTracks } from './tracks.ts'

export type PeerLinkParts = {
  readonly peer: TabId
  readonly device: DeviceId
  readonly role: NegotiationRole
  readonly connection: RTCPeerConnection
  /** For a further lane; undefined when this tab holds as many connections as it may. */
  readonly connectLane: () => RTCPeerConnection | undefined
  readonly clock: Clock
  readonly send: (body: SignalBody, ufrag: string) => Promise<void>
  readonly onRenew: () => void
  readonly onBreach: (code: RoomErrorCode, detail: string) => void
  readonly onCut: (reason: Error) => void
}

const PATH_READ_MS = 5_000

export class PeerLink implements Link {
  path: LinkPath = 'unknown'
  readonly #parts: PeerLinkParts
  readonly #channels: LinkChannels
  readonly #tracks: LinkTracks
  readonly #media: MediaOfLink
  readonly #negotiator: Negotiator
  readonly #lanes: LinkLanes
  readonly #listeners = new Set<() => void>()
  readonly #dataListeners = new Set<(frame: ArrayBuffer, lane: number) => void>()
  readonly #closedListeners = new Set<(lane: number, lostBytes: number) => void>()
  #state: LinkState = 'connecting'
  #stopPinging = () => {}
  #looks = 0
  #looked = { atMs: 0, sentBytes: 0 }
  #pathReadAtMs = Number.NEGATIVE_INFINITY
  #hearing: Hearing

  constructor(parts: PeerLinkParts) {
    this.#parts = parts
    const { connection, clock } = parts
    this.#hearing = startHearing(clock.monotonicMs())
    this.#tracks = new LinkTracks(connection)
    this.#media = new MediaOfLink({ connection, tracks: this.#tracks, onBreach: parts.onBreach })
    this.#negotiator = new Negotiator({ ...parts, tracks: this.#tracks, onTracks: () => this.#tell() })
    this.#channels = new LinkChannels(connection, clock, {
      onChange: () => this.#look(),
      onBroken: () => this.handle({ kind: 'effect-failed' }),
      onBreach: parts.onBreach,
    })
    this.#lanes = new LinkLanes({
      isPolite: parts.role === 'polite',
      clock,
      connect: parts.connectLane,
      peerFingerprint: () => readSdp(connection.remoteDescription?.sdp ?? '')?.fingerprint,
      send: (message) => this.#channels.sendCommand(encodeFrame(message)),
      onData: (frame, lane) => {
        this.#channels.heardAtMs = clock.monotonicMs()
        this.#takeData(frame, lane)
      },
      onChange: () => this.#tell(),
      onClosed: (lane, lostBytes) => {
        for (const listener of [...this.#closedListeners]) listener(lane, lostBytes)
      },
      onBreach: parts.onBreach,
    })
    this.#channels.onData((frame) => this.#takeData(frame, 0))
    this.#channels.onCommand((command) => this.#takeCommand(command))
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

  get shortestRttMs(): number | undefined {
    return this.#channels.shortestRttMs
  }

  get isQuiet(): boolean {
    return this.#hearing.isQuiet
  }

  get lanes(): readonly number[] {
    return this.#lanes.open
  }

  get incoming(): ReadonlyMap<TrackKind, MediaStreamTrack> {
    return this.#tracks.incoming
  }

  get media(): LinkMedia {
    return this.#media
  }

  get backlog(): number {
    return this.#negotiator.backlog
  }

  handle(event: NegotiationEvent): void {
    this.#negotiator.handle(event)
  }

  setOutgoing(kind: PlainKind, track: MediaStreamTrack | null): void {
    if (this.#state !== 'closed') this.#tracks.setOutgoing(kind, track)
  }

  sendCommand(frame: Uint8Array): boolean {
    return this.#channels.sendCommand(frame)
  }

  sendData(frame: Bytes, lane = 0): Promise<void> {
    return lane === 0 ? this.#channels.data.send(frame) : this.#lanes.send(frame, lane)
  }

  openLane(): void {
    if (this.#state === 'connected') this.#lanes.offer()
  }

  closeLane(lane: number): void {
    this.#lanes.closeLane(lane)
  }

  onCommand(listener: (command: Parsed<CommandMessage>) => void): () => void {
    return this.#channels.onCommand(listener)
  }

  onData(listener: (frame: ArrayBuffer, lane: number) => void): () => void {
    this.#dataListeners.add(listener)
    return () => this.#dataListeners.delete(listener)
  }

  onLaneClosed(listener: (lane: number, lostBytes: number) => void): () => void {
    this.#closedListeners.add(listener)
    return () => this.#closedListeners.delete(listener)
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
    this.#lanes.close()
    this.#channels.close()
    this.#tracks.close()
    this.#media.close()
    this.#parts.connection.close()
    this.#tell()
    this.#listeners.clear()
    this.#dataListeners.clear()
    this.#closedListeners.clear()
  }

  #takeData(frame: ArrayBuffer, lane: number): void {
    for (const listener of [...this.#dataListeners]) listener(frame, lane)
  }

  /** Who listens to commands hears all of them; those about lanes are ours. */
  #takeCommand(command: Parsed<CommandMessage>): void {
    if (command.kind !== 'ok') return
    const { message } = command
    if (message.t === 'lane' || message.t === 'lane-candidate' || message.t === 'lane-close') this.#lanes.hear(message)
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

  /** Round trip and silence, now and every LINK_PING_MS while connected; the path less often, since statistics cost. */
  #measure(): void {
    this.#stopPinging()
    if (this.#state !== 'connected') return
    const wasHeard = this.#channels.heardAtMs > this.#hearing.lookedAtMs
    this.#listen()
    const isBusy = this.#limitBuffers()
    if (isBusy || asksAt(this.#looks++, this.#parts.role, wasHeard)) this.#channels.ping()
    this.#readPath()
    const delayMs = isBusy ? LINK_PING_BUSY_MS : LINK_PING_MS
    this.#stopPinging = this.#parts.clock.after(delayMs, () => this.#measure())
  }

  #readPath(): void {
    const nowMs = this.#parts.clock.monotonicMs()
    if (this.path !== 'unknown' && nowMs - this.#pathReadAtMs < PATH_READ_MS) return
    this.#pathReadAtMs = nowMs
    readPath(this.#parts.connection).then(
      (path) => this.#setPath(path),
      () => {},
    )
  }

  #listen(): void {
    const before = this.#hearing.isQuiet
    this.#hearing = hear(this.#hearing, this.#channels.heardAtMs, this.#parts.clock.monotonicMs())
    if (this.#hearing.isQuiet !== before) this.#tell()
  }

  /** What waits in a channel is as much as leaves it soon. True when bytes left since the last look. */
  #limitBuffers(): boolean {
    const { clock } = this.#parts
    const nowMs = clock.monotonicMs()
    const elapsedMs = Math.max(1, nowMs - this.#looked.atMs)
    const sentBytes = this.#channels.data.sentBytes + this.#lanes.sentBytes
    const bytes = sentBytes - this.#looked.sentBytes
    this.#looked = { atMs: nowMs, sentBytes }
    if (bytes === 0) return false
    const highWaterBytes = highWaterOf((bytes * 1000) / elapsedMs / this.lanes.length)
    this.#channels.data.limit(highWaterBytes)
    this.#lanes.limit(highWaterBytes)
    return true
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
