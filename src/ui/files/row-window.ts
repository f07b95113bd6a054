/** Which of very many equally tall rows are worth drawing. */
export type RowWindow = { readonly from: number; readonly to: number }

/** Rows drawn beyond each edge, so that a flick of the wheel meets rows and not a gap. */
const OVERSCAN = 12

export function rowWindow(count: number, rowHeight: number, scrollTop: number, viewHeight: number): RowWindow {
  const first = Math.floor(Math.max(0, scrollTop) / rowHeight)
  const last = Math.ceil((Math.max(0, scrollTop) + viewHeight) / rowHeight)
  const to = Math.min(count, last + OVERSCAN)
  return { from: Math.max(0, Math.min(first - OVERSCAN, to)), to }
}
