/** What is done to this tab's own sound and picture. Loaded with the first wish; what each filter needs comes with its first use. */
import type { Clock } from '../../ports/clock.ts'
import type { EffectsWish, OwnTracks, TrackEffects } from '../../ports/effects.ts'
import type { Background } from '../../protocol/backgrounds.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import { startBackgroundFilter } from './background-filter.ts'
import type { FilterNews } from './filter.ts'
import { FilteredDevice } from './filtered-device.ts'
import { startNoiseFilter } from './noise-filter.ts'
import { keptAddress } from './own-background.ts'
import { ShownBackdrop } from './shown-backdrop.ts'

export type EffectsParts = {
  readonly clock: Clock
  /** Aborting it lets everything go. */
  readonly signal: AbortSignal
  readonly onChange: () => void
  /** What ends in the middle of a call is to be seen without a look into the settings. */
  readonly notify: (code: RoomErrorCode, detail: string) => void
}

export function openEffects(parts: EffectsParts): TrackEffects {
  return new OwnEffects(parts)
}

class OwnEffects implements TrackEffects {
  readonly #microphone: FilteredDevice
  readonly #camera: FilteredDevice
  readonly #shown = new ShownBackdrop()

  constructor({ clock, signal, onChange, notify }: EffectsParts) {
    const changed = (news: FilterNews) => {
      if (news.kind === 'failed') notify(news.code, news.detail)
      onChange()
    }
    this.#microphone = new FilteredDevice(startNoiseFilter(clock), changed)
    this.#camera = new FilteredDevice(startBackgroundFilter(clock, this.#shown), changed)
    signal.addEventListener('abort', () => this.follow({ noise: 'off', background: 'none' }, { microphone: undefined, camera: undefined }))
  }

  get states() {
    return { noise: this.#microphone.state, background: this.#camera.state }
  }

  follow(wish: EffectsWish, { microphone, camera }: OwnTracks): void {
    this.#microphone.follow(wish.noise === 'on', microphone)
    this.#followBackground(wish.background, camera)
  }

  #followBackground(wish: Background, camera: MediaStreamTrack | undefined): void {
    const own = wish === 'own' ? keptAddress(() => localStorage) : undefined
    const isOther = wish !== 'none' && this.#shown.wish(wish, own)
    // What failed is tried again with the next that is wished.
    if (isOther && this.#camera.state.kind === 'failed') this.#camera.follow(false, camera)
    this.#camera.follow(wish !== 'none', camera)
  }

  through(track: MediaStreamTrack): MediaStreamTrack {
    return track.kind === 'audio' ? this.#microphone.through(track) : this.#camera.through(track)
  }
}
