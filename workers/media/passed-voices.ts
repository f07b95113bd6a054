/**
 * Voices of others on their way through this tab: each frame, sealed as it came and at its source's time, on a slot of every
 * hop that asked for that voice. Which voices have the slots of a hop is decided in core/call/frames.
 */
import { assignSlots, type SlotsOf } from '../../src/core/call/frames/assign-slots.ts'
import { hearLevel, type Loudness } from '../../src/core/call/frames/choose-loudest.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { type MediaId, type StreamId, streamKey } from '../../src/protocol/media.ts'
import { SLOTS } from '../../src/protocol/media-worker.ts'
import type { VoiceLines } from './voice-lines.ts'

/** Frames come each 20 ms, those of a person who pauses each 400. */
const DECIDE_MS = 20
const QUIET_MS = 5_000

type Passed = { loudness: Loudness; heardAtMs: number }
type Listener = { readonly asked: Set<string>; readonly voices: Map<string, Passed>; slots: SlotsOf<string>; decidedAtMs: number }

export type PassedVoicesPorts = {
  readonly lines: VoiceLines
  /** Hops that take this voice from us by a slot. */
  readonly takers: (stream: StreamId) => Iterable<MediaId>
}

export class PassedVoices {
  readonly #ports: PassedVoicesPorts
  readonly #listeners = new Map<MediaId, Listener>()

  constructor(ports: PassedVoicesPorts) {
    this.#ports = ports
  }

  /** Slots are opened when voices are asked for, not with the first word. */
  asked(hop: MediaId, stream: StreamId): void {
    const { asked } = this.#listener(hop)
    if (asked.size < SLOTS.length) asked.add(streamKey(stream))
    for (const slot of SLOTS.slice(0, asked.size)) this.#ports.lines.need(hop, slot)
  }

  pass(stream: StreamId, frame: RTCEncodedAudioFrame, payload: Bytes, level: number, nowMs: number): void {
    const key = streamKey(stream)
    for (const hop of this.#ports.takers(stream)) {
      const listener = this.#listener(hop)
      const before = listener.voices.get(key)
      listener.voices.set(key, { loudness: hearLevel(before?.loudness, level, nowMs), heardAtMs: nowMs })
      if (before === undefined || nowMs - listener.decidedAtMs >= DECIDE_MS) decide(listener, nowMs)
      const slot = SLOTS[listener.slots.indexOf(key)]
      if (slot !== undefined) this.#ports.lines.write(hop, slot, frame, payload)
    }
  }

  dropHop(hop: MediaId): void {
    this.#listeners.delete(hop)
  }

  #listener(hop: MediaId): Listener {
    let listener = this.#listeners.get(hop)
    if (listener === undefined) {
      listener = { asked: new Set(), voices: new Map(), slots: SLOTS.map(() => undefined), decidedAtMs: Number.NEGATIVE_INFINITY }
      this.#listeners.set(hop, listener)
    }
    return listener
  }
}

function decide(listener: Listener, nowMs: number): void {
  listener.decidedAtMs = nowMs
  for (const [key, { heardAtMs }] of listener.voices) if (nowMs - heardAtMs > QUIET_MS) listener.voices.delete(key)
  listener.slots = assignSlots(listener.slots, new Map([...listener.voices].map(([key, { loudness }]) => [key, loudness])), nowMs)
}
