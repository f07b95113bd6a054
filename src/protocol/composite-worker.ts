/**
 * What a tab says to the worker that draws all of a call on one picture. The tab decides what stands where; the worker has
 * the frames. `R` and `W` are the browser's streams of frames: `protocol` knows no browser.
 */
import type { TabId } from './ids.ts'

/** `text`: its name is written at the foot of what lies below it. */
export type PictureView = 'camera' | 'screen' | 'show' | 'text'

/** One person or thing on the picture, in its pixels. What comes later lies on what comes before. */
export type PictureTile = {
  readonly tab: TabId
  readonly view: PictureView
  readonly name: string
  /** Without one the name stands alone. */
  readonly hasPicture: boolean
  readonly isSpeaking: boolean
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** `source`: names what is seen there. A camera that takes the place of another goes on by the same name. Empty: nothing came yet. */
export type DrawnTile = PictureTile & { readonly source: string }

export type CompositeRequest<R, W> =
  | { readonly t: 'open'; readonly frames: W; readonly width: number; readonly height: number; readonly fps: number }
  | { readonly t: 'source'; readonly source: string; readonly frames: R }
  | { readonly t: 'unsource'; readonly source: string }
  | { readonly t: 'tiles'; readonly tiles: readonly DrawnTile[] }
  /** Lets all frames go, and the worker ends. */
  | { readonly t: 'close' }
