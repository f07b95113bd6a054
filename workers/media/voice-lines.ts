/**
 * Lines on which voices leave, by hop and name: asked for once, and written to when they are there. The other side is asked on which of them
 * something came; one that carries nothing is asked for anew.
 */
import { beginLine, isWordNeeded, judgeLine, type LineHealth } from '../../src/core/call/frames/judge-line.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { VOICE_FRAMES_WAITING } from '../../src/protocol/limits.ts'
import type { MediaId } from '../../src/protocol/media.ts'
import type { EncodedStreams, VoiceLine } from '../../src/protocol/media-worker.ts'
import type { Objects } from './objects.ts'
import { refillAudio } from './refill.ts'

type Line = {
  readonly writer: WritableStreamDefaultWriter<RTCEncodedAudioFrame>
  readonly reader: ReadableStreamDefaultReader
  health: LineHealth
  /** Frames since the other side was asked last, and before that. */
  written: number
  asked: number
  /** Frames that the engine has not taken yet. */
  waiting: number
}
type LinesOfHop = { readonly lines: Map<VoiceLine, Line | 'asked'>; askedAtMs: number; unanswered: number }

/** A tab that knows no such question answers none. */
const UNANSWERED = 3

export type VoiceLinesPorts = {
  readonly need: (hop: MediaId, line: VoiceLine) => void
  /** On which lines did something come? False when it cannot be asked now. */
  readonly askWord: (hop: MediaId) => boolean
}

export class VoiceLines {
  readonly #ports: VoiceLinesPorts
  readonly #hops = new Map<MediaId, LinesOfHop>()

  constructor(ports: VoiceLinesPorts) {
    this.#ports = ports
  }

  /** Asked for the first time that it is needed. */
  need(hop: MediaId, line: VoiceLine): void {
    const { lines } = this.#linesOf(hop)
    if (lines.has(line)) return
    lines.set(line, 'asked')
    this.#ports.need(hop, line)
  }

  set(hop: MediaId, line: VoiceLine, { readable, writable }: EncodedStreams<Objects>): void {
    const { lines } = this.#linesOf(hop)
    const before = lines.get(line)
    end(before)
    const health = beginLine(before === undefined || before === 'asked' ? undefined : before.health, performance.now())
    const made: Line = { writer: writable.getWriter(), reader: readable.getReader(), health, written: 0, asked: 0, waiting: 0 }
    // Nothing comes out of a sender without a track; it is read so that it counts as used.
    made.reader.read().catch(() => undefined)
    made.writer.closed.catch(() => undefined)
    lines.set(line, made)
  }

  /** `payload` in a copy of the frame, at its time; the payload stays the caller's. */
  write(hop: MediaId, line: VoiceLine, frame: RTCEncodedAudioFrame, payload: Bytes): void {
    const made = this.#hops.get(hop)?.lines.get(line)
    if (made === undefined || made === 'asked') return
    // Also what there is no room for: an engine that takes nothing for long is as good as one that loses it.
    made.written++
    if (made.waiting >= VOICE_FRAMES_WAITING) return
    made.waiting++
    // Fails when its connection is closed, which is told by others.
    made.writer.write(refillAudio(frame, payload.slice())).then(
      () => made.waiting--,
      () => undefined,
    )
  }

  tick(nowMs: number): void {
    for (const [id, hop] of this.#hops) {
      if (hop.unanswered >= UNANSWERED) continue
      const made = madeOf(hop)
      const isNeeded = made.some(([, { health, written }]) => isWordNeeded(health, written, nowMs - hop.askedAtMs))
      if (!isNeeded || !this.#ports.askWord(id)) continue
      hop.askedAtMs = nowMs
      hop.unanswered++
      for (const [, line] of made) {
        line.asked += line.written
        line.written = 0
      }
    }
  }

  /** The other side's word: something came by these since it was asked last. */
  heard(id: MediaId, heard: readonly VoiceLine[], nowMs: number): void {
    const hop = this.#hops.get(id)
    if (hop === undefined) return
    hop.unanswered = 0
    for (const [name, line] of madeOf(hop)) {
      const { next, isDead } = judgeLine(line.health, { written: line.asked, isHeard: heard.includes(name) }, nowMs)
      line.health = next
      line.asked = 0
      if (isDead) this.#ports.need(id, name)
    }
  }

  /** Its link is gone, and the lines with it. */
  dropHop(hop: MediaId): void {
    for (const line of this.#hops.get(hop)?.lines.values() ?? []) end(line)
    this.#hops.delete(hop)
  }

  close(): void {
    for (const hop of this.#hops.keys()) this.dropHop(hop)
  }

  #linesOf(id: MediaId): LinesOfHop {
    const hop = this.#hops.get(id) ?? { lines: new Map(), askedAtMs: Number.NEGATIVE_INFINITY, unanswered: 0 }
    this.#hops.set(id, hop)
    return hop
  }
}

function madeOf({ lines }: LinesOfHop): readonly (readonly [VoiceLine, Line])[] {
  return [...lines].flatMap(([name, line]) => (line === 'asked' ? [] : [[name, line] as const]))
}

function end(line: Line | 'asked' | undefined): void {
  if (line === undefined || line === 'asked') return
  line.reader.cancel().catch(() => undefined)
  line.writer.abort().catch(() => undefined)
}
