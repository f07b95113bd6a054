/**
 * RTP as a way for any packet: a sender without a track writes copies of one small frame, the envelope, with a packet in
 * place of the picture. The engine paces them, sends lost ones again and measures the path, as it does for its own.
 */
import type { Bytes } from '../../src/protocol/bytes.ts'
import { SELF_TEST_MS } from '../../src/protocol/limits.ts'
import { encodePacket } from '../../src/protocol/media.ts'
import type { EncodedStreams } from '../../src/protocol/media-worker.ts'
import type { Objects } from './objects.ts'
import { copyOfVideo, refillVideo } from './refill.ts'

/** One frame of the tiny encoder serves for ever, for all hops: nothing of it but its shape travels. */
export class Envelope {
  frame: RTCEncodedVideoFrame | undefined

  /** Keeps one and lets the others go: they are never sent. */
  async keep({ readable }: EncodedStreams<Objects>): Promise<void> {
    const reader: ReadableStreamDefaultReader<RTCEncodedVideoFrame> = readable.getReader()
    try {
      for (;;) {
        const { value, done } = await reader.read()
        if (done) return
        this.frame ??= copyOfVideo(value)
      }
    } catch {
      // Its connection was closed, which it is as soon as there is an envelope.
    }
  }
}

export class PipeWriter {
  readonly #envelope: Envelope
  readonly #reader: ReadableStreamDefaultReader
  readonly #writer: WritableStreamDefaultWriter<RTCEncodedVideoFrame>
  #isOpen = true
  #waitingBytes = 0

  constructor({ readable, writable }: EncodedStreams<Objects>, envelope: Envelope) {
    this.#envelope = envelope
    // Nothing comes out of a sender without a track; it is read so that it counts as used.
    this.#reader = readable.getReader()
    this.#reader.read().catch(() => undefined)
    this.#writer = writable.getWriter()
    this.#writer.closed.catch(() => this.#lose())
  }

  get isOpen(): boolean {
    return this.#isOpen && this.#envelope.frame !== undefined
  }

  /** Its connection was closed, or the engine refused a frame. */
  get isBroken(): boolean {
    return !this.#isOpen
  }

  /** What the engine has not taken yet: nothing, unless it stands still. Who writes keeps it below HOP_QUEUE_MAX_BYTES. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** The packet stays the caller's. */
  write(packet: Bytes): void {
    if (!this.#isOpen || this.#envelope.frame === undefined) return
    const { byteLength } = packet
    this.#waitingBytes += byteLength
    this.#writer.write(refillVideo(this.#envelope.frame, packet.slice())).then(
      () => {
        this.#waitingBytes -= byteLength
      },
      () => this.#lose(),
    )
  }

  close(): void {
    this.#isOpen = false
    this.#reader.cancel().catch(() => undefined)
    this.#writer.abort().catch(() => undefined)
  }

  #lose(): void {
    this.#isOpen = false
  }
}

/** Packets out of the frames of a receiver; nothing is passed on to its decoder. */
export async function readPipe(readable: ReadableStream<RTCEncodedVideoFrame>, heard: (bytes: Bytes) => void): Promise<void> {
  const reader = readable.getReader()
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return
      heard(new Uint8Array(value.data))
    }
  } catch {
    // The connection was closed.
  }
}

const TEST_EVERY_MS = 30
/** For as long as somebody waits for them: a transform that the engine forgot is set anew after two seconds. */
const TEST_PACKETS = SELF_TEST_MS / TEST_EVERY_MS

/** Writes packets to a sender of a connection to ourselves, until `stop`. */
export function testPipe(pipe: PipeWriter): () => void {
  const head = { source: 1, layer: 'thumb', isKey: true, temporal: 0, dependsOn: 0, sequence: 0, capturedMs: 0 } as const
  const packet = encodePacket(head, new Uint8Array(100))
  let sent = 0
  const timer = setInterval(() => {
    pipe.write(packet)
    if (++sent >= TEST_PACKETS) clearInterval(timer)
  }, TEST_EVERY_MS)
  return () => {
    clearInterval(timer)
    pipe.close()
  }
}
