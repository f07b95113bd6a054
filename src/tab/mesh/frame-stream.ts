/**
 * Frames over one libp2p stream. A frame is queued whole or not at all; a peer that reads slower than
 * STREAM_SEND_QUEUE_BYTES allows is cut, since waiting for it would hold up everybody else.
 */
import type { Stream } from '@libp2p/interface'
import type { FrameStream } from '../../ports/wire.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import { FrameReader, frameBytes } from '../../protocol/framing.ts'
import type { TabId } from '../../protocol/ids.ts'
import { STREAM_SEND_QUEUE_BYTES } from '../../protocol/limits.ts'

export function frameStream(stream: Stream, peer: TabId, maxFrameBytes: number): FrameStream {
  return {
    peer,
    async send(frame) {
      if (stream.status !== 'open' || stream.writeStatus !== 'writable') throw new RoomError('aborted', 'stream is closed')
      if (frame.byteLength > maxFrameBytes) throw new RoomError('frame-too-large', `${frame.byteLength} bytes to send`)
      if (stream.writeBufferLength > STREAM_SEND_QUEUE_BYTES) {
        const reason = new RoomError('flooded', 'the other side does not read')
        stream.abort(reason)
        throw reason
      }
      if (!stream.send(frameBytes(frame))) await stream.onDrain()
    },
    frames: framesOf(stream, maxFrameBytes),
    close: () => void stream.close().catch(() => stream.abort(new RoomError('aborted', 'closing timed out'))),
    abort: (reason) => stream.abort(reason),
  }
}

async function* framesOf(stream: Stream, maxFrameBytes: number): AsyncGenerator<Bytes> {
  const reader = new FrameReader(maxFrameBytes)
  for await (const chunk of stream) {
    const { frames, refused } = reader.push(chunk instanceof Uint8Array ? chunk : chunk.subarray())
    yield* frames
    if (refused === undefined) continue
    const reason = new RoomError(refused)
    stream.abort(reason)
    throw reason
  }
}
