/** The two data channels of a link. Commands are parsed here, once; pings are answered here, and told to the listeners like any other. */
import { isNews } from '../../core/call/round-trip.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import { encodeFrame, type Parsed, parseFrame } from '../../protocol/frame.ts'
import { COMMAND_BUFFER_BYTES, CONTROL_FRAME_BYTES, DATA_HEADER_BYTES, DATA_PAYLOAD_BYTES, LINK_PING_MS } from '../../protocol/limits.ts'
import { COMMAND_CHANNEL, type CommandMessage, commandMessage, DATA_CHANNEL } from '../../protocol/transfer.ts'
import { DataLane, openChannel } from './data-lane.ts'

type CommandListener = (command: Parsed<CommandMessage>) => void
type DataListener = (frame: ArrayBuffer) => void

export type ChannelEvents = {
  /** Opened, or a round trip was measured. */
  readonly onChange: () => void
  /** A channel closed by itself, or the peer takes nothing in. */
  readonly onBroken: () => void
  readonly onBreach: (code: RoomErrorCode, detail: string) => void
}

export class LinkChannels {
  rttMs: number | undefined
  /** The length of the way itself: longer trips stood in queues or met a busy tab. */
  shortestRttMs: number | undefined
  /** When a frame last came, monotonic. */
  heardAtMs: number
  readonly data: DataLane
  readonly #command: RTCDataChannel
  readonly #clock: Clock
  readonly #events: ChannelEvents
  readonly #commandListeners = new Set<CommandListener>()
  readonly #dataListeners = new Set<DataListener>()
  #ping: { readonly id: number; readonly sentMs: number | undefined } = { id: 0, sentMs: undefined }
  #toldMs: number | undefined
  #isClosed = false

  constructor(connection: RTCPeerConnection, clock: Clock, events: ChannelEvents) {
    this.#clock = clock
    this.#events = events
    this.#command = openChannel(connection, COMMAND_CHANNEL)
    this.heardAtMs = clock.monotonicMs()
    const dataChannel = openChannel(connection, DATA_CHANNEL)
    this.data = new DataLane(dataChannel)
    this.#command.onmessage = ({ data }) => this.#takeCommand(data)
    dataChannel.onmessage = ({ data }) => this.#takeData(data)
    for (const channel of [this.#command, dataChannel]) {
      channel.onopen = () => events.onChange()
      channel.onclose = () => {
        if (!this.#isClosed) events.onBroken()
      }
    }
  }

  get isOpen(): boolean {
    return this.#command.readyState === 'open' && this.data.isOpen
  }

  sendCommand(frame: Uint8Array): boolean {
    if (this.#isClosed || this.#command.readyState !== 'open') return false
    if (this.#command.bufferedAmount > COMMAND_BUFFER_BYTES) {
      this.#events.onBroken()
      return false
    }
    this.#command.send(frame as Bytes)
    return true
  }

  onCommand(listener: CommandListener): () => void {
    this.#commandListeners.add(listener)
    return () => this.#commandListeners.delete(listener)
  }

  onData(listener: DataListener): () => void {
    this.#dataListeners.add(listener)
    return () => this.#dataListeners.delete(listener)
  }

  /** One at a time, unless its answer is lost: a round trip may be longer than the time between two pings. */
  ping(): void {
    const isWaiting = this.#ping.sentMs !== undefined && this.#clock.monotonicMs() - this.#ping.sentMs < 2 * LINK_PING_MS
    if (isWaiting) return
    this.#ping = { id: (this.#ping.id + 1) >>> 0, sentMs: this.#clock.monotonicMs() }
    this.sendCommand(encodeFrame({ t: 'ping', id: this.#ping.id }))
  }

  close(): void {
    this.#isClosed = true
    this.data.close()
    this.#commandListeners.clear()
    this.#dataListeners.clear()
  }

  #takeCommand(message: unknown): void {
    const frame = this.#admit(message, CONTROL_FRAME_BYTES)
    if (frame === undefined) return
    const command = parseFrame(new Uint8Array(frame), commandMessage)
    if (command.kind === 'ok') this.#takePing(command.message)
    for (const listener of this.#commandListeners) listener(command)
  }

  #takeData(message: unknown): void {
    const frame = this.#admit(message, DATA_HEADER_BYTES + DATA_PAYLOAD_BYTES)
    if (frame === undefined) return
    this.data.arrived(frame)
    for (const listener of this.#dataListeners) listener(frame)
  }

  #admit(message: unknown, maxBytes: number): ArrayBuffer | undefined {
    if (this.#isClosed) return undefined
    const isBinary = message instanceof ArrayBuffer
    if (isBinary && message.byteLength <= maxBytes) {
      this.heardAtMs = this.#clock.monotonicMs()
      return message
    }
    this.#events.onBreach(isBinary ? 'frame-too-large' : 'frame-malformed', 'data channel')
    return undefined
  }

  #takePing(message: CommandMessage): void {
    if (message.t === 'ping') this.sendCommand(encodeFrame({ t: 'pong', id: message.id }))
    if (message.t !== 'pong' || message.id !== this.#ping.id || this.#ping.sentMs === undefined) return
    this.rttMs = this.#clock.monotonicMs() - this.#ping.sentMs
    this.shortestRttMs = Math.min(this.rttMs, this.shortestRttMs ?? this.rttMs)
    this.#ping = { ...this.#ping, sentMs: undefined }
    if (!isNews(this.#toldMs, this.rttMs)) return
    this.#toldMs = this.rttMs
    this.#events.onChange()
  }
}
