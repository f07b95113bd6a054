/** Sounds of many tracks as one track. Each is heard as long as its track is given. */
import { keepAudible } from './keep-audible.ts'

export class SoundMix {
  readonly track: MediaStreamTrack
  readonly #context: AudioContext
  readonly #mix: AudioNode
  readonly #heard = new Map<MediaStreamTrack, () => void>()

  constructor() {
    this.#context = mixingContext()
    const out = this.#context.createMediaStreamDestination()
    // Three who speak at once are louder than a track can be.
    this.#mix = this.#context.createDynamicsCompressor()
    this.#mix.connect(out)
    const [track] = out.stream.getAudioTracks()
    if (track === undefined) throw new DOMException('no track came', 'NotSupportedError')
    this.track = track
  }

  follow(tracks: readonly MediaStreamTrack[]): void {
    // Made before the first click it starts suspended; asking again costs nothing.
    if (this.#context.state === 'suspended') void this.#context.resume().catch(() => {})
    for (const [track, stop] of this.#heard) {
      if (tracks.includes(track) && track.readyState === 'live') continue
      stop()
      this.#heard.delete(track)
    }
    for (const track of tracks) if (!this.#heard.has(track) && track.readyState === 'live') this.#heard.set(track, this.#hear(track))
  }

  /** A player's sound comes here and to no speaker. */
  hearPlayer(player: HTMLMediaElement): void {
    this.#context.createMediaElementSource(player).connect(this.#mix)
  }

  close(): void {
    for (const stop of this.#heard.values()) stop()
    this.#heard.clear()
    this.track.stop()
    void this.#context.close().catch(() => {})
  }

  #hear(track: MediaStreamTrack): () => void {
    const stream = new MediaStream([track])
    const node = this.#context.createMediaStreamSource(stream)
    node.connect(this.#mix)
    const letGo = keepAudible(stream)
    return () => {
      node.disconnect()
      letGo()
    }
  }
}

/** No way out to a speaker: what is mixed goes elsewhere. */
function mixingContext(): AudioContext {
  const options: AudioContextOptions & { readonly sinkId: { readonly type: 'none' } } = { sampleRate: 48_000, sinkId: { type: 'none' } }
  return 'setSinkId' in AudioContext.prototype ? new AudioContext(options) : new AudioContext({ sampleRate: 48_000 })
}
