/**
 * One data channel for block bytes. Frames go out in order; a sender is held back while the channel is full, and nothing
 * is promised or awaited while it is not.
 */
import type { Bytes } from '../../protocol/bytes.ts'
import { assert, RoomError } from '../../protocol/errors.ts'
import { DATA_CHANNEL_HIGH_WATER_BYTES, DATA_HEADER_BYTES, LINK_FRAMES_WAITING } from '../../protocol/limits.ts'

type Waiting = { readonly frame: Bytes; readonly resolve: () => void; readonly reject: (reason: Error) => void }

const SENT = Promise.resolve()

export class DataLane {
  /** Payload put on the channel, and taken from it. */
  sentBytes = 0
  arrivedBytes = 0
  readonly #channel: RTCDataChannel
  #highWaterBytes = DATA_CHANNEL_HIGH_WATER_BYTES / 4
  #waiting: Waiting[] = []
  #isClosed = false

  constructor(channel: RTCDataChannel) {
    this.#channel = channel
    channel.bufferedAmountLowThreshold = this.#highWaterBytes / 4
    channel.onbufferedamountlow = () => this.#drain()
  }

  get isOpen(): boolean {
    return this.#channel.readyState === 'open'
  }

  /** What may wait in the channel: what is sent urgently stands behind it. */
  limit(highWaterBytes: number): void {
    this.#highWaterBytes = highWaterBytes
    this.#channel.bufferedAmountLowThreshold = highWaterBytes / 4
    this.#drain()
  }

  send(frame: Bytes): Promise<void> {
    if (this.#isClosed || !this.isOpen) return Promise.reject(new RoomError('aborted', 'the lane is not open'))
    if (this.#waiting.length === 0 && this.#channel.bufferedAmount < this.#highWaterBytes) {
      this.#put(frame)
      return SENT
    }
    assert(this.#waiting.length < LINK_FRAMES_WAITING, 'senders await each data frame')
    return new Promise((resolve, reject) => this.#waiting.push({ frame, resolve, reject }))
  }

  arrived(frame: ArrayBuffer): void {
    this.arrivedBytes += frame.byteLength - DATA_HEADER_BYTES
  }

  close(): void {
    this.#isClosed = true
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(new RoomError('aborted', 'the lane was closed'))
  }

  #drain(): void {
    while (this.#waiting.length > 0 && this.isOpen && this.#channel.bufferedAmount < this.#highWaterBytes) {
      const { frame, resolve } = this.#waiting.shift() as Waiting
      this.#put(frame)
      resolve()
    }
  }

  #put(frame: Bytes): void {
    this.#channel.send(frame)
    this.sentBytes += frame.byteLength - DATA_HEADER_BYTES
  }
}

export function openChannel(connection: RTCPeerConnection, { label, id }: { label: string; id: number }): RTCDataChannel {
  const channel = connection.createDataChannel(label, { negotiated: true, id, ordered: true })
  // Firefox gives Blobs unless told otherwise.
  channel.binaryType = 'arraybuffer'
  return channel
}
