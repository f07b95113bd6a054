/** The public API, what is done to the own sound and picture before others get it; and the part that does it, loaded with the first wish. */
import type { Background } from '../protocol/backgrounds.ts'

export type EffectsWish = {
  /** Takes noise out of the own microphone, instead of the browser's own way of doing it. */
  readonly noise: 'off' | 'on'
  /** What stands behind the person: all that is there, that blurred, something painted, or `own`, the picture that was kept for it. */
  readonly background: Background
}

/** What is wished, kept on this device, and what became of it. */
export type Effects = EffectsWish & { readonly states: Readonly<Record<EffectName, EffectState>> }

export type EffectName = keyof EffectsWish

export type EffectState =
  /** Not wished, or the device it works on is off. */
  | { readonly kind: 'off' }
  /** Sound goes out unchanged so far, and the whole picture is blurred. */
  | { readonly kind: 'starting' }
  | { readonly kind: 'on' }
  /** Sound or picture goes out unchanged. Wishing it anew tries again. */
  | { readonly kind: 'failed'; readonly text: string }

/** The devices' own tracks, as far as they are open. */
export type OwnTracks = { readonly microphone: MediaStreamTrack | undefined; readonly camera: MediaStreamTrack | undefined }

export interface TrackEffects {
  readonly states: Effects['states']
  /** With each change of either. */
  follow(wish: EffectsWish, tracks: OwnTracks): void
  /** What goes out in the place of a track; the track itself when nothing is done to it. */
  through(track: MediaStreamTrack): MediaStreamTrack
}

/** The own picture to stand behind the person. It stays on this device. */
export interface OwnBackground {
  /** As an address that an image shows; undefined: none is kept. */
  readonly address: string | undefined
  /** Keeps it, smaller. Wish `own` then, also when it is wished already. What is refused leaves the one before. */
  keep(file: Blob): Promise<BackgroundKept>
  forget(): void
}

export type BackgroundKept =
  | { readonly kind: 'kept' }
  | { readonly kind: 'refused'; readonly reason: 'no-picture' | 'too-large' | 'no-room'; readonly text: string }
