/**
 * What is watched together, for what is composed: a film is played here unseen, its picture as a track, its sound into the mix and
 * to no speaker. It stands where everybody's player stands, and on it lies what lies on it on their screens.
 */
import type { Person } from '../../core/record/arrange-picture.ts'
import { layOverlays } from '../../core/record/lay-overlays.ts'
import type { Follower, RoomFile } from '../../ports/asterism.ts'
import type { PictureTile } from '../../protocol/composite-worker.ts'
import type { Show } from '../../protocol/control.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import type { ToolParts } from '../tools/parts.ts'
import { filmAddress } from './film-address.ts'
import type { SoundMix } from './sound-mix.ts'

/** Not yet in TypeScript's library. */
type Capturing = HTMLVideoElement & { captureStream(): MediaStream }

export class ShowPlayer {
  readonly #parts: ToolParts
  readonly #sound: SoundMix
  readonly #onTrack: () => void
  #show: string | undefined
  #closing = new AbortController()
  #track: MediaStreamTrack | undefined
  #playing: { readonly player: Capturing; readonly picture: MediaStream; readonly follower: Follower } | undefined

  /** `onTrack`: there is another now. Of a film that is nearly over it lasts no longer than the rest of the film. */
  constructor(parts: ToolParts, sound: SoundMix, onTrack: () => void) {
    this.#parts = parts
    this.#sound = sound
    this.#onTrack = onTrack
  }

  /** Undefined: it has none, or not yet. At the end of a film its track goes, and its last picture stays, as on a screen. */
  get track(): MediaStreamTrack | undefined {
    this.#track = this.#playing?.picture.getVideoTracks()[0] ?? this.#track
    return this.#track
  }

  lay(tiles: readonly PictureTile[], show: Show & { readonly by: DeviceId }, people: readonly Person[]): readonly PictureTile[] {
    return layOverlays(tiles, show, people, this.#parts.session.state.polls)
  }

  /** `show`: what is on now. */
  follow(show: Show | undefined): void {
    if (show?.id === this.#show) return
    this.close()
    const file = show?.source.kind === 'file' ? this.#fileOf(show.source.file) : undefined
    if (show === undefined || file === undefined) return
    this.#show = show.id
    this.#closing = new AbortController()
    void this.#play(file, this.#closing.signal)
  }

  close(): void {
    const { follower, player } = this.#playing ?? {}
    this.#show = undefined
    this.#playing = undefined
    this.#track = undefined
    follower?.stop()
    player?.removeAttribute('src')
    player?.load()
    this.#closing.abort()
  }

  async #play(file: RoomFile, signal: AbortSignal): Promise<void> {
    try {
      const [{ watch }, src] = await Promise.all([this.#parts.call.tools(), filmAddress(this.#parts.files, file, signal)])
      if (signal.aborted) return
      const player = document.createElement('video') as Capturing
      player.src = src
      this.#sound.hearPlayer(player)
      const picture = player.captureStream()
      picture.addEventListener('addtrack', this.#onTrack, { signal })
      this.#playing = { player, picture, follower: watch.follow(player) }
    } catch (error) {
      if (!signal.aborted) console.warn('asterism: what is watched is not in the picture', error)
    }
  }

  #fileOf(name: string): RoomFile | undefined {
    return this.#parts.files.list().find(({ id }) => id === name)
  }
}
