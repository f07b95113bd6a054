/**
 * Decodes one layer of one participant: only frames whose picture it has, so that nothing smeared is ever shown. A frame
 * that breaks the decoder costs this layer a moment: it is made anew, and begins with the next key frame. One that breaks again and
 * again rests, so that it costs nobody else.
 */
import { hasSequence, isAhead, NO_SEQUENCES, noteSequence, onlySequence } from '../../src/core/call/frames/recent-sequences.ts'
import { noteDecoded, RESTED, restAfterFailure } from '../../src/core/call/frames/rest-decoder.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import type { FrameHead } from '../../src/protocol/media.ts'

/** Waiting to be decoded: more means that this machine is too slow for the picture, and it begins anew at a key frame. */
const FRAMES_DECODING = 8

export class LayerDecoder {
  readonly #decoded: (frame: VideoFrame) => void
  readonly #broken: () => void
  #decoder: VideoDecoder | undefined
  #taken = NO_SEQUENCES
  #rest = RESTED

  /** `broken`: nothing can be shown before the next key frame; said again and again until there is one. */
  constructor(decoded: (frame: VideoFrame) => void, broken: () => void) {
    this.#decoded = decoded
    this.#broken = broken
  }

  take(head: FrameHead, data: Bytes): void {
    const { isKey, sequence, dependsOn, temporal, capturedMs } = head
    if (!isAhead(this.#taken, sequence) || performance.now() < this.#rest.untilMs) return
    if (!isKey && !hasSequence(this.#taken, sequence - dependsOn)) {
      if (temporal === 0) this.#broken()
      return
    }
    try {
      if ((this.#decoder?.decodeQueueSize ?? 0) >= FRAMES_DECODING) {
        this.#lose()
        return
      }
      this.#decoder ??= this.#made()
      this.#decoder.decode(new EncodedVideoChunk({ type: isKey ? 'key' : 'delta', timestamp: capturedMs * 1000, data }))
      this.#taken = isKey ? onlySequence(sequence) : noteSequence(this.#taken, sequence)
    } catch {
      this.#fail()
    }
  }

  close(): void {
    if (this.#decoder !== undefined && this.#decoder.state !== 'closed') this.#decoder.close()
    this.#decoder = undefined
    this.#taken = NO_SEQUENCES
  }

  #lose(): void {
    this.close()
    this.#broken()
  }

  #fail(): void {
    this.#rest = restAfterFailure(this.#rest, performance.now())
    this.#lose()
  }

  #output(frame: VideoFrame): void {
    this.#rest = noteDecoded(this.#rest)
    this.#decoded(frame)
  }

  #made(): VideoDecoder {
    const decoder = new VideoDecoder({ output: (frame) => this.#output(frame), error: () => this.#fail() })
    decoder.configure({ codec: 'vp8', optimizeForLatency: true, hardwareAcceleration: 'no-preference' })
    return decoder
  }
}
