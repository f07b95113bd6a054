/**
 * The film that is watched together, played here unseen for what is composed: its picture as a track, its sound into the mix and
 * to no speaker. It stands where everybody's player stands.
 */
import type { Follower } from '../../ports/tools.ts'
import type { Show } from '../../protocol/control.ts'
import type { ToolParts } from '../tools/parts.ts'
import type { SoundMix } from './sound-mix.ts'

/** Not yet in TypeScript's library. */
type Capturing = HTMLVideoElement & { captureStream(): MediaStream }
type Playing = { readonly show: string; readonly player: Capturing; readonly picture: MediaStream; follower: Follower | undefined }

export class ShowPlayer {
  readonly #parts: ToolParts
  readonly #sound: SoundMix
  #playing: Playing | undefined

  constructor(parts: ToolParts, sound: SoundMix) {
    this.#parts = parts
    this.#sound = sound
  }

  /** Undefined: it has none, or not yet. */
  get track(): MediaStreamTrack | undefined {
    return this.#playing?.picture.getVideoTracks()[0]
  }

  /** `show`: the file that is on now, if one is. */
  follow(show: Show | undefined): void {
    if (show?.id === this.#playing?.show) return
    this.close()
    const url = show?.source.kind === 'file' ? this.#urlOf(show.source.file) : undefined
    if (show === undefined || url === undefined) return
    const player = document.createElement('video') as Capturing
    player.src = url
    this.#sound.hearPlayer(player)
    const playing: Playing = { show: show.id, player, picture: player.captureStream(), follower: undefined }
    this.#playing = playing
    void this.#parts.call.tools().then(({ watch }) => {
      if (this.#playing === playing) playing.follower = watch.follow(player)
    })
  }

  close(): void {
    const { follower, player } = this.#playing ?? {}
    this.#playing = undefined
    follower?.stop()
    player?.removeAttribute('src')
    player?.load()
  }

  #urlOf(name: string): string | undefined {
    const file = this.#parts.files.list().find(({ id }) => id === name)
    return file === undefined ? undefined : this.#parts.files.url(file.id)
  }
}
