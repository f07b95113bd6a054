/** Where tiles stand: as large as fits, the last row centred, a shared screen large with everybody beside or below it. Pixels in, pixels out. */
export type Rect = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
export type Size = { readonly width: number; readonly height: number }

const GAP = 14
const WIDE = 16 / 9
/** Share of the longer side that a shared screen takes. */
const SCREEN_SHARE = 0.76

export function layoutTiles(count: number, area: Rect, aspect = WIDE): readonly Rect[] {
  let best: { columns: number; width: number; height: number } = { columns: 1, width: 0, height: 0 }
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns)
    const width = Math.min((area.width - GAP * (columns - 1)) / columns, ((area.height - GAP * (rows - 1)) / rows) * aspect)
    if (width > best.width) best = { columns, width, height: width / aspect }
  }
  const rows = Math.ceil(count / best.columns)
  const top = area.y + (area.height - rows * best.height - (rows - 1) * GAP) / 2
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / best.columns)
    const inRow = row === rows - 1 ? count - row * best.columns : best.columns
    const left = area.x + (area.width - inRow * best.width - (inRow - 1) * GAP) / 2
    const column = index - row * best.columns
    return { x: left + column * (best.width + GAP), y: top + row * (best.height + GAP), width: best.width, height: best.height }
  })
}

/** Screens first, then people. */
export function layoutStage(screens: number, people: number, size: Size): { readonly screens: readonly Rect[]; readonly people: readonly Rect[] } {
  const whole = { x: 0, y: 0, ...size }
  // A tall, narrow stage takes upright tiles; people are upright too.
  const aspect = size.width < 560 && size.height > size.width ? 1 : WIDE
  if (screens === 0) return { screens: [], people: layoutTiles(people, whole, aspect) }
  if (size.width >= size.height) {
    const width = Math.round(size.width * SCREEN_SHARE)
    const side = { x: width + GAP, y: 0, width: size.width - width - GAP, height: size.height }
    return { screens: layoutTiles(screens, { ...whole, width }), people: layoutTiles(people, side, 4 / 3) }
  }
  const height = Math.round(size.height * 0.6)
  const below = { x: 0, y: height + GAP, width: size.width, height: size.height - height - GAP }
  return { screens: layoutTiles(screens, { ...whole, height }), people: layoutTiles(people, below, 4 / 3) }
}

/** From the first rectangle's middle to each other one's: the threads behind the tiles. */
export function threadsBetween(rects: readonly Rect[]): readonly string[] {
  const middle = ({ x, y, width, height }: Rect) => `${Math.round(x + width / 2)} ${Math.round(y + height / 2)}`
  const [first, ...rest] = rects
  return first === undefined ? [] : rest.map((rect) => `M${middle(first)}L${middle(rect)}`)
}

/**
 * Places on a map of 100 by 100 for people outside a call: the first in the middle, others on rings around it, never
 * quite regular, so that it reads as a sky and not as a clock.
 */
export function placeStars(count: number): readonly { readonly x: number; readonly y: number }[] {
  const places = [{ x: 50, y: 50 }]
  for (let index = 1; index < count; index++) {
    const ring = index <= 7 ? 0 : 1
    const inRing = ring === 0 ? Math.min(count - 1, 7) : Math.max(count - 8, 1)
    const step = (2 * Math.PI) / inRing
    const angle = (index - 1 - ring * 7) * step - 0.9 + ring * 0.3 + Math.sin(index * 7.3) * step * 0.12
    const reach = (ring === 0 ? 29 : 42) + Math.cos(index * 5.1) * 4
    places.push({ x: 50 + Math.cos(angle) * reach, y: 50 + Math.sin(angle) * reach * 0.92 })
  }
  return places.slice(0, count)
}
