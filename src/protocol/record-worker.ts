/**
 * What a tab and the worker that records say to each other. Frames and sounds go in by streams, pieces come out as bytes that
 * are moved, not copied. `V` and `A` are the browser's streams: `protocol` knows no browser.
 */
export type RecordRequest<V, A> =
  | {
      readonly t: 'begin'
      readonly video: V
      readonly audio: A
      readonly width: number
      readonly height: number
      readonly fps: number
      readonly pieceMs: number
    }
  /** What was given until now is kept; `ended` follows the last piece. */
  | { readonly t: 'end' }

/** Times are since the first frame or sound that is kept. */
export type RecordNews =
  | { readonly t: 'grown'; readonly bytes: number }
  | { readonly t: 'piece'; readonly piece: number; readonly fromMs: number; readonly toMs: number; readonly data: ArrayBuffer }
  | { readonly t: 'ended' }
  | { readonly t: 'broken'; readonly text: string }
