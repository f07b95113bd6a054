/** Voices of this tab, to every hop that takes them, the same sealed bytes. */
import type { Layer, MediaId } from '../../src/protocol/media.ts'
import { type EncodedStreams, isVoice, type VoiceLayer } from '../../src/protocol/media-worker.ts'
import type { Keyring } from './keyring.ts'
import type { Objects } from './objects.ts'
import { OwnVoice } from './own-voice.ts'
import type { VoiceLines } from './voice-lines.ts'

export type OwnVoicesPorts = {
  readonly self: MediaId
  readonly keyring: Keyring
  readonly lines: VoiceLines
  readonly isTaken: (layer: VoiceLayer) => boolean
  /** Hops that take this voice now. */
  readonly takers: (layer: VoiceLayer) => Iterable<MediaId>
}

export class OwnVoices {
  readonly #ports: OwnVoicesPorts
  readonly #voices = new Map<VoiceLayer, OwnVoice>()

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
    if (isVoice(layer)) this.#ports.lines.need(hop, layer)
  }

  close(): void {
    for (const voice of this.#voices.values()) voice.stop()
  }

  #voice(layer: VoiceLayer): OwnVoice {
    let voice = this.#voices.get(layer)
    if (voice === undefined) {
      const { self, keyring, lines, isTaken, takers } = this.#ports
      voice = new OwnVoice(self, layer, keyring, {
        hasTakers: () => keyring.canSeal(layer) && isTaken(layer),
        send: (frame, payload) => {
          for (const hop of takers(layer)) lines.write(hop, layer, frame, payload)
        },
      })
      this.#voices.set(layer, voice)
    }
    return voice
  }
}
