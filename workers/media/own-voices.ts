/** Voices of this tab, and the lines on which they leave: to every hop that takes them, the same sealed bytes. */
import type { Bytes } from '../../src/protocol/bytes.ts'
import type { Layer, MediaId } from '../../src/protocol/media.ts'
import type { EncodedStreams, VoiceLayer } from '../../src/protocol/media-worker.ts'
import type { Keyring } from './keyring.ts'
import type { Objects } from './objects.ts'
import { OwnVoice } from './own-voice.ts'
import { refillAudio } from './refill.ts'

export type OwnVoicesPorts = {
  readonly self: MediaId
  readonly keyring: Keyring
  readonly isTaken: (layer: VoiceLayer) => boolean
  /** Hops that take this voice now. */
  readonly takers: (layer: VoiceLayer) => Iterable<MediaId>
  readonly needLine: (hop: MediaId, layer: VoiceLayer) => void
}

type Line = { readonly writer: WritableStreamDefaultWriter<RTCEncodedAudioFrame>; readonly reader: ReadableStreamDefaultReader }

export class OwnVoices {
  readonly #ports: OwnVoicesPorts
  readonly #voices = new Map<VoiceLayer, OwnVoice>()
  readonly #lines = new Map<string, Line | 'asked'>()

  constructor(ports: OwnVoicesPorts) {
    this.#ports = ports
  }

  publish(layer: VoiceLayer, { readable }: EncodedStreams<Objects>): void {
    void this.#voice(layer).read(readable)
  }

  unpublish(layer: VoiceLayer): void {
    this.#voices.get(layer)?.stop()
  }

  setOpen(layer: VoiceLayer, isOpen: boolean): void {
    this.#voice(layer).isOpen = isOpen
  }

  /** Somebody takes a layer; the first time a line is needed for it. */
  subscribed(hop: MediaId, layer: Layer): void {
    if (layer !== 'audio' && layer !== 'screen-audio') return
    const key = `${hop} ${layer}`
    if (this.#lines.has(key)) return
    this.#lines.set(key, 'asked')
    this.#ports.needLine(hop, layer)
  }

  setLine(hop: MediaId, layer: VoiceLayer, { readable, writable }: EncodedStreams<Objects>): void {
    this.#end(`${hop} ${layer}`)
    const line: Line = { writer: writable.getWriter(), reader: readable.getReader() }
    // Nothing comes out of a sender without a track; it is read so that it counts as used.
    line.reader.read().catch(() => undefined)
    line.writer.closed.catch(() => undefined)
    this.#lines.set(`${hop} ${layer}`, line)
  }

  /** Its link is gone, and the lines with it. */
  dropHop(hop: MediaId): void {
    for (const layer of ['audio', 'screen-audio']) this.#end(`${hop} ${layer}`)
  }

  close(): void {
    for (const voice of this.#voices.values()) voice.stop()
    for (const key of this.#lines.keys()) this.#end(key)
  }

  #voice(layer: VoiceLayer): OwnVoice {
    let voice = this.#voices.get(layer)
    if (voice === undefined) {
      const { self, keyring, isTaken } = this.#ports
      voice = new OwnVoice(self, layer, keyring, {
        hasTakers: () => keyring.canSeal(layer) && isTaken(layer),
        send: (frame, payload) => this.#send(layer, frame, payload),
      })
      this.#voices.set(layer, voice)
    }
    return voice
  }

  #send(layer: VoiceLayer, frame: RTCEncodedAudioFrame, payload: Bytes): void {
    for (const hop of this.#ports.takers(layer)) {
      const line = this.#lines.get(`${hop} ${layer}`)
      if (line === undefined || line === 'asked') continue
      // Fails when its connection is closed, which is told by others.
      line.writer.write(refillAudio(frame, payload.slice())).catch(() => undefined)
    }
  }

  #end(key: string): void {
    const line = this.#lines.get(key)
    this.#lines.delete(key)
    if (line === undefined || line === 'asked') return
    line.reader.cancel().catch(() => undefined)
    line.writer.abort().catch(() => undefined)
  }
}
