/** One voice of this tab: frames of its one encoder, read and never passed on, sealed when it is open and somebody takes it. */
import type { Bytes } from '../../src/protocol/bytes.ts'
import { encodeLineFrame, type MediaId } from '../../src/protocol/media.ts'
import type { VoiceLayer } from '../../src/protocol/media-worker.ts'
import type { Keyring } from './keyring.ts'
import { SealStream } from './seal-stream.ts'

/** In a pause the encoder gives on: frames of nothing, which need not be sent (RFC 7587, 3.1.3), and now and then one that says how the room sounds. */
const PAUSE_BYTES = 2

export type OwnVoicePorts = {
  readonly hasTakers: () => boolean
  readonly send: (frame: RTCEncodedAudioFrame, payload: Bytes) => void
}

export class OwnVoice {
  /** Muted, nothing leaves: also not what was being sealed when it was muted. */
  isOpen = false
  readonly #ports: OwnVoicePorts
  readonly #stream: SealStream<RTCEncodedAudioFrame>
  #reader: ReadableStreamDefaultReader<RTCEncodedAudioFrame> | undefined

  constructor(source: MediaId, layer: VoiceLayer, keyring: Keyring, ports: OwnVoicePorts) {
    this.#ports = ports
    // A frame of a voice that is lost is not missed by the next.
    this.#stream = new SealStream(
      { source, layer },
      keyring,
      ({ head, bytes, of }) => {
        if (this.isOpen) ports.send(of, encodeLineFrame(head, bytes))
      },
      () => undefined,
    )
  }

  async read(frames: ReadableStream<RTCEncodedAudioFrame>): Promise<void> {
    this.stop()
    const reader = frames.getReader()
    this.#reader = reader
    try {
      for (;;) {
        const { value, done } = await reader.read()
        if (done) return
        if (value.data.byteLength > PAUSE_BYTES && this.isOpen && this.#ports.hasTakers()) this.#take(value)
      }
    } catch {
      // The encoder's connection was closed.
    }
  }

  stop(): void {
    this.#reader?.cancel().catch(() => undefined)
    this.#reader = undefined
  }

  #take(frame: RTCEncodedAudioFrame): void {
    this.#stream.take({ bytes: new Uint8Array(frame.data), isKey: true, temporal: 0, capturedMs: Date.now(), of: frame })
  }
}
