/**
 * What a tab and its background worker say to each other. The worker turns frames of a camera into frames whose background
 * is blurred or another: in by one stream, out by another.
 */
import type { BackdropName } from './backgrounds.ts'
import type { Bytes } from './bytes.ts'

export type Backdrop =
  | { readonly kind: 'blur' }
  | { readonly kind: 'painted'; readonly name: BackdropName }
  /** An encoded picture. */
  | { readonly kind: 'picture'; readonly bytes: Bytes }

/** The browser's own objects: `protocol` knows no browser. */
export type Streams = { readonly frames: unknown; readonly out: unknown }

export type BackgroundRequest<S extends Streams> =
  /** Frames of the camera; once. */
  | ({ readonly t: 'play' } & S)
  /** From the next frame on; blur until it is said. */
  | { readonly t: 'show'; readonly backdrop: Backdrop }
  /** To be answered at once: who does not answer hangs. */
  | { readonly t: 'ping' }

export type BackgroundNews =
  /** People are told from what is behind them. Until then the whole picture is blurred. */
  | { readonly t: 'on' }
  | { readonly t: 'failed'; readonly detail: string }
  /** It cannot keep up even when it looks as rarely as it may. */
  | { readonly t: 'gave-up'; readonly detail: string }
  | { readonly t: 'pong' }
  /** Said every EFFECT_WINDOW_MS while frames go through. */
  | ({ readonly t: 'window' } & BackgroundFigures)

export type BackgroundFigures = {
  readonly frames: number
  /** Spent on one frame without looking for people, and on one look. */
  readonly blendMs: number
  readonly lookMs: number
  /** People are looked for in each so manieth frame. */
  readonly every: number
}
