/**
 * Frames over one libp2p stream. A frame is queued whole or not at all, and a sender waits until the wire took it. A
 * peer that takes nothing for STREAM_STALLED_MS is cut, as is one for whom senders that do not wait queued more than
 * STREAM_SEND_QUEUE_BYTES.
 */
import type { Stream } from '@libp2p/interface'
import type { FrameStream } from '../../ports/wire.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import { FrameReader, frameBytes } from '../../protocol/framing.ts'
import type { TabId } from '../../protocol/ids.ts'
import { STREAM_SEND_QUEUE_BYTES, STREAM_STALLED_MS } from '../../protocol/limits.ts'

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
      stream.send(frameBytes(frame))
      while (stream.writeBufferLength > 0 && stream.status === 'open') await drained(stream)
    },
    frames: framesOf(stream, maxFrameBytes),
    close: () => void stream.close().catch(() => stream.abort(new RoomError('aborted', 'closing timed out'))),
    abort: (reason) => stream.abort(reason),
  }
}

/** `onDrain` of libp2p 3.3 resolves at once from its second use on: a large document was queued whole, and its reader cut. */
function drained(stream: Stream): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer)
      stream.removeEventListener('drain', taken)
      stream.removeEventListener('close', closed)
    }
    const taken = () => {
      settle()
      resolve()
    }
    const closed = () => {
      settle()
      reject(new RoomError('aborted', 'stream is closed'))
    }
    const timer = setTimeout(() => stream.abort(new RoomError('flooded', 'the other side does not read')), STREAM_STALLED_MS)
    stream.addEventListener('drain', taken)
    stream.addEventListener('close', closed)
  })
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
