/**
 * The link: one RTCPeerConnection per pair of tabs, for tracks and bulk bytes. The room makes one for each member tab
 * after the hello; the call puts tracks on it, files put transfers on it.
 */
import type { Bytes } from '../protocol/bytes.ts'
import type { Parsed } from '../protocol/frame.ts'
import type { DeviceId, TabId } from '../protocol/ids.ts'
import type { LineKind, PlainKind, TrackKind } from '../protocol/signal.ts'
import type { CommandMessage } from '../protocol/transfer.ts'

export type LinkState = 'connecting' | 'connected' | 'healing' | 'closed'

/** How bytes travel: over a direct path, or through a TURN relay. `unknown` until connected. */
export type LinkPath = 'direct' | 'relayed' | 'unknown'

export interface Link {
  readonly peer: TabId
  readonly device: DeviceId
  readonly state: LinkState
  readonly path: LinkPath
  /** Round trip of the command channel in milliseconds; undefined before the first answer. */
  readonly rttMs: number | undefined
  /** The shortest since the link was made. */
  readonly shortestRttMs: number | undefined
  /** Tracks of the other side, by kind; a muted or stopped track is absent. */
  readonly incoming: ReadonlyMap<TrackKind, MediaStreamTrack>
  /** Puts a track on the wire, replaces it, or (null) takes it off. */
  setOutgoing(kind: PlainKind, track: MediaStreamTrack | null): void
  /** Queues one command frame; false when the channel is not open. */
  sendCommand(frame: Uint8Array): boolean
  /** Connections of the pair that carry data: 0 is the link itself, others come and go. */
  readonly lanes: readonly number[]
  /** Nothing came from the other side for so long that its device counts as away; the link is left to heal. */
  readonly isQuiet: boolean
  /** Resolves when the frame is on the lane's channel and that is below its high water; rejects when the lane closes. */
  sendData(frame: Bytes, lane?: number): Promise<void>
  /** Every command frame that came, also those that could not be read and those the link answers itself. */
  onCommand(listener: (command: Parsed<CommandMessage>) => void): () => void
  onData(listener: (frame: ArrayBuffer, lane: number) => void): () => void
  /** Another lane, when the two sides and the browser allow it; they hold for both directions. */
  openLane(): void
  closeLane(lane: number): void
  /** A lane is gone; `lostBytes` of what the other side put on it never arrived. */
  onLaneClosed(listener: (lane: number, lostBytes: number) => void): () => void
  readonly media: LinkMedia
  /** State, path, incoming tracks, lanes, silence or RTT changed. */
  subscribe(listener: () => void): () => void
  /** Closes the link for a protocol breach; the reason is logged by its code. */
  cut(reason: Error): void
}

/** What a meeting uses of a link: messages, a channel for frames, and lines that carry frames encoded and sealed elsewhere. */
export interface LinkMedia {
  /** Queues one meeting message; false when the channel is not open. */
  send(frame: Uint8Array): boolean
  onMessage(listener: (frame: ArrayBuffer) => void): () => void
  /** Opens a media channel to the other side. It goes to a worker in the same turn, or never. Undefined when the link is closed. */
  openChannel(): RTCDataChannel | undefined
  /** The other side opened one; the same holds. */
  onChannel(listener: (channel: RTCDataChannel) => void): () => void
  /** A sender without a track; asked for again, another one. Undefined where the engine has no such thing, the link is closed, or the one before is not agreed on yet. */
  openLine(kind: LineKind): { readonly readable: ReadableStream; readonly writable: WritableStream } | undefined
  /** What the engine thinks that the path carries, by the line `frames`, in kilobits a second; undefined without that line. */
  roomKbps(): Promise<number | undefined>
  /** Receivers of lines, each once, before its first frame: those there are and those that come, also in place of others. */
  onLine(listener: (kind: LineKind, receiver: RTCRtpReceiver) => void): () => void
}

export interface Links {
  all(): readonly Link[]
  get(peer: TabId): Link | undefined
  /** A link was added or closed. */
  subscribe(listener: () => void): () => void
}
