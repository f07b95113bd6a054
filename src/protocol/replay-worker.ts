/**
 * What a tab and the worker that plans a meeting again say to each other. The worker reads the log itself, so that a long one
 * keeps nobody waiting. `F` is the browser's file, `R` what comes of it: `protocol` knows neither.
 */
export type ReplayRequest<F> = { readonly t: 'replay'; readonly file: F; readonly policies: readonly string[] }

export type ReplayNews<R> =
  | { readonly t: 'step'; readonly done: number; readonly of: number }
  | { readonly t: 'replayed'; readonly replay: R }
  /** The file is no log, or one beyond its bounds. */
  | { readonly t: 'no-log' }
