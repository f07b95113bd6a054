/**
 * How often views look again. A room that fills says hundreds of things a second, and a page that was drawn for each had
 * nothing left for those who come. All views share one pace, so what changes together is drawn together.
 */

/** Nobody sees a change later than that; the first one after a rest is drawn at once. */
export const DRAWN_MS = 50

export interface DrawPace {
  /** `draw` is called now or soon, once for however often it was asked for. */
  ask(draw: () => void): void
  forget(draw: () => void): void
}

export function drawPace(nowMs: () => number): DrawPace {
  const waiting = new Set<() => void>()
  let drawnMs = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined
  const drawAll = () => {
    timer = undefined
    drawnMs = nowMs()
    const due = [...waiting]
    waiting.clear()
    for (const draw of due) draw()
  }
  return {
    ask(draw) {
      waiting.add(draw)
      if (timer !== undefined) return
      const restMs = drawnMs + DRAWN_MS - nowMs()
      if (restMs > 0) timer = setTimeout(drawAll, restMs)
      else drawAll()
    },
    forget: (draw) => void waiting.delete(draw),
  }
}
