/** The public API, what is done to the own sound and picture before others get it; and the part that does it, loaded with the first wish. */

export type EffectsWish = {
  /** Takes noise out of the own microphone, instead of the browser's own way of doing it. */
  readonly noise: 'off' | 'on'
  /** What stands behind the person is blurred. */
  readonly background: 'none' | 'blur'
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
