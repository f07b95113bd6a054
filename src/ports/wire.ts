/** Authenticated connections between tabs, and framed streams over them. Adapters: libp2p in a tab, a seeded wire in the simulator. */
import type { Bytes } from '../protocol/bytes.ts'
import type { TabId } from '../protocol/ids.ts'

/** A two-way stream of length-prefixed frames. */
export interface FrameStream {
  readonly peer: TabId
  /** Resolves when the frame is queued within STREAM_SEND_QUEUE_BYTES; rejects once the stream is closed. */
  send(frame: Uint8Array): Promise<void>
  /** Ends when the other side closes; throws RoomError `frame-too-large` and cuts the stream on an oversize frame. */
  readonly frames: AsyncIterable<Bytes>
  close(): void
  /** Cuts at once and tells the other side nothing more. */
  abort(reason: Error): void
}

export type StreamHandler = (stream: FrameStream) => void

export interface Wire {
  readonly self: TabId
  /** Opens a stream of `protocol` on the connection there is. Throws when there is none. */
  open(peer: TabId, protocol: string, options: { maxFrameBytes: number; signal?: AbortSignal }): Promise<FrameStream>
  /** Returns the function that stops handling. */
  handle(protocol: string, options: { maxFrameBytes: number }, handler: StreamHandler): () => void
}
