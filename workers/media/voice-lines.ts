/** Lines on which voices leave, by hop and name: asked for once, and written to when they are there. */
import type { Bytes } from '../../src/protocol/bytes.ts'
import type { MediaId } from '../../src/protocol/media.ts'
import type { EncodedStreams, VoiceLine } from '../../src/protocol/media-worker.ts'
import type { Objects } from './objects.ts'
import { refillAudio } from './refill.ts'

type Line = { readonly writer: WritableStreamDefaultWriter<RTCEncodedAudioFrame>; readonly reader: ReadableStreamDefaultReader }

export class VoiceLines {
  readonly #ask: (hop: MediaId, line: VoiceLine) => void
  readonly #hops = new Map<MediaId, Map<VoiceLine, Line | 'asked'>>()

  constructor(ask: (hop: MediaId, line: VoiceLine) => void) {
    this.#ask = ask
  }

  /** Asked for the first time that it is needed. */
  need(hop: MediaId, line: VoiceLine): void {
    const lines = this.#linesOf(hop)
    if (lines.has(line)) return
    lines.set(line, 'asked')
    this.#ask(hop, line)
  }

  set(hop: MediaId, line: VoiceLine, { readable, writable }: EncodedStreams<Objects>): void {
    end(this.#hops.get(hop)?.get(line))
    const made: Line = { writer: writable.getWriter(), reader: readable.getReader() }
    // Nothing comes out of a sender without a track; it is read so that it counts as used.
    made.reader.read().catch(() => undefined)
    made.writer.closed.catch(() => undefined)
    this.#linesOf(hop).set(line, made)
  }

  /** `payload` in a copy of the frame, at its time; the payload stays the caller's. */
  write(hop: MediaId, line: VoiceLine, frame: RTCEncodedAudioFrame, payload: Bytes): void {
    const made = this.#hops.get(hop)?.get(line)
    if (made === undefined || made === 'asked') return
    // Fails when its connection is closed, which is told by others.
    made.writer.write(refillAudio(frame, payload.slice())).catch(() => undefined)
  }

  /** Its link is gone, and the lines with it. */
  dropHop(hop: MediaId): void {
    for (const line of this.#hops.get(hop)?.values() ?? []) end(line)
    this.#hops.delete(hop)
  }

  close(): void {
    for (const hop of this.#hops.keys()) this.dropHop(hop)
  }

  #linesOf(hop: MediaId): Map<VoiceLine, Line | 'asked'> {
    const lines = this.#hops.get(hop) ?? new Map<VoiceLine, Line | 'asked'>()
    this.#hops.set(hop, lines)
    return lines
  }
}

function end(line: Line | 'asked' | undefined): void {
  if (line === undefined || line === 'asked') return
  line.reader.cancel().catch(() => undefined)
  line.writer.abort().catch(() => undefined)
}
