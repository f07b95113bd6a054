/** What a meeting uses of a link: its channel for messages, media channels opened by either side, and lines. */
import type { LinkMedia } from '../../ports/link.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import { COMMAND_BUFFER_BYTES, MEDIA_LIFETIME_MS, MEETING_FRAME_BYTES } from '../../protocol/limits.ts'
import { MEDIA_CHANNEL_LABEL, MEETING_CHANNEL } from '../../protocol/meeting-channels.ts'
import type { LineKind } from '../../protocol/signal.ts'
import { openChannel } from './data-lane.ts'
import type { EncodedStreams } from './encoded-streams.ts'
import type { LinkTracks } from './tracks.ts'

export type LinkMediaParts = {
  readonly connection: RTCPeerConnection
  readonly tracks: LinkTracks
  readonly onBreach: (code: RoomErrorCode, detail: string) => void
}

export class MediaOfLink implements LinkMedia {
  readonly #parts: LinkMediaParts
  readonly #messages: RTCDataChannel
  readonly #messageListeners = new Set<(frame: ArrayBuffer) => void>()
  readonly #channelListeners = new Set<(channel: RTCDataChannel) => void>()
  #isClosed = false

  constructor(parts: LinkMediaParts) {
    this.#parts = parts
    const { connection } = parts
    this.#messages = openChannel(connection, MEETING_CHANNEL)
    this.#messages.onmessage = ({ data }) => this.#take(data)
    connection.addEventListener('datachannel', ({ channel }) => this.#admit(channel))
  }

  send(frame: Uint8Array): boolean {
    const isFree = this.#messages.readyState === 'open' && this.#messages.bufferedAmount <= COMMAND_BUFFER_BYTES
    if (isFree) this.#messages.send(frame as Bytes)
    return isFree
  }

  onMessage(listener: (frame: ArrayBuffer) => void): () => void {
    this.#messageListeners.add(listener)
    return () => this.#messageListeners.delete(listener)
  }

  openChannel(): RTCDataChannel | undefined {
    if (this.#isClosed) return undefined
    return this.#parts.connection.createDataChannel(MEDIA_CHANNEL_LABEL, { ordered: false, maxPacketLifeTime: MEDIA_LIFETIME_MS })
  }

  onChannel(listener: (channel: RTCDataChannel) => void): () => void {
    this.#channelListeners.add(listener)
    return () => this.#channelListeners.delete(listener)
  }

  openLine(kind: LineKind): EncodedStreams | undefined {
    return this.#isClosed ? undefined : this.#parts.tracks.openLine(kind)
  }

  roomKbps(): Promise<number | undefined> {
    return this.#parts.tracks.roomKbps()
  }

  onLine(listener: (kind: LineKind, receiver: RTCRtpReceiver) => void): () => void {
    return this.#parts.tracks.onLine(listener)
  }

  close(): void {
    this.#isClosed = true
    this.#messageListeners.clear()
    this.#channelListeners.clear()
  }

  #take(message: unknown): void {
    if (this.#isClosed) return
    if (message instanceof ArrayBuffer && message.byteLength <= MEETING_FRAME_BYTES) {
      for (const listener of [...this.#messageListeners]) listener(message)
    } else this.#parts.onBreach('frame-malformed', 'meeting channel')
  }

  /** Nobody here is in the call, or it is none of ours: the other side learns it by the close. */
  #admit(channel: RTCDataChannel): void {
    if (this.#isClosed || channel.label !== MEDIA_CHANNEL_LABEL || this.#channelListeners.size === 0) channel.close()
    else for (const listener of [...this.#channelListeners]) listener(channel)
  }
}
