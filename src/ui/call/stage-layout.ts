/** Where tiles stand: as large as fits, the last row centred, a shared screen large with everybody beside or below it. Pixels in, pixels out. */
export type Rect = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
export type Size = { readonly width: number; readonly height: number }

const GAP = 14
const WIDE = 16 / 9
/** Beside or below a shared screen. */
const SMALL = 4 / 3
/** Share of the longer side that a shared screen takes. */
const SCREEN_SHARE = 0.76
/** A stage below this is one of a phone. */
const PHONE_PX = 560
/** A face is known, and a name read, down to these widths. Beside a shared screen people are told by less: the screen is looked at. */
const FACE_PX = { phone: 140, desk: 180 } as const
const BESIDE_SCREEN = 2 / 3
/** Pictures decoded at once: more, on a wall of screens, would cost more than they show. */
const MOST_TILES = 49

/** How many tiles the stage holds before they become too small. Never fewer than three: I, who speaks, and the way to the others. */
export function countPlaces(screens: number, size: Size): number {
  const { area, aspect } = peopleArea(screens, size)
  const smallest = FACE_PX[size.width < PHONE_PX ? 'phone' : 'desk'] * (screens > 0 ? BESIDE_SCREEN : 1)
  const fitting = (length: number, each: number) => Math.floor((length + GAP) / (each + GAP))
  return Math.min(MOST_TILES, Math.max(3, fitting(area.width, smallest) * fitting(area.height, smallest / aspect)))
}

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
export function layoutStage(
  screens: number,
  people: number,
  size: Size,
): { readonly screens: readonly Rect[]; readonly people: readonly Rect[] } {
  const { screen, area, aspect } = peopleArea(screens, size)
  return { screens: layoutTiles(screens, screen), people: layoutTiles(people, area, aspect) }
}

/** What shared screens leave to people, and how upright their tiles are. */
function peopleArea(screens: number, size: Size): { readonly screen: Rect; readonly area: Rect; readonly aspect: number } {
  const screen = { x: 0, y: 0, ...size }
  // A tall, narrow stage takes upright tiles; people are upright too.
  if (screens === 0) return { screen, area: screen, aspect: size.width < PHONE_PX && size.height > size.width ? 1 : WIDE }
  if (size.width >= size.height) {
    const width = Math.round(size.width * SCREEN_SHARE)
    const area = { x: width + GAP, y: 0, width: size.width - width - GAP, height: size.height }
    return { screen: { ...screen, width }, area, aspect: SMALL }
  }
  const height = Math.round(size.height * 0.6)
  const area = { x: 0, y: height + GAP, width: size.width, height: size.height - height - GAP }
  return { screen: { ...screen, height }, area, aspect: SMALL }
}

/** From the first rectangle's middle to each other one's: the threads behind the tiles. */
export function threadsBetween(rects: readonly Rect[]): readonly string[] {
  const middle = ({ x, y, width, height }: Rect) => `${Math.round(x + width / 2)} ${Math.round(y + height / 2)}`
  const [first, ...rest] = rects
  return first === undefined ? [] : rest.map((rect) => `M${middle(first)}L${middle(rect)}`)
}

export type Star = { readonly x: number; readonly y: number }

/** Where this tab stands on a map of 100 by 100: low in the middle, with the sky above. */
export const OWN_STAR: Star = { x: 50, y: 76 }

/** Half-axes of the two arcs the others stand on. */
export const STAR_ARCS = [
  { rx: 27, ry: 40 },
  { rx: 42, ry: 66 },
] as const

/** Places for the others: spread over the arcs from low left to low right, never quite regular, so that it reads as a sky and not as a clock. */
export function placeStars(others: number): readonly Star[] {
  const inner = others <= 4 ? others : Math.round(others * 0.4)
  return Array.from({ length: others }, (_, index) => {
    const isInner = index < inner
    const count = isInner ? inner : others - inner
    const nth = isInner ? index : index - inner
    const arc = STAR_ARCS[isInner ? 0 : 1]
    // A lone star stands a little off the top; more of them share the half circle.
    const angle = Math.PI * (1 + (nth + 0.5) / count + Math.sin(index * 7.3 + count) * (0.13 / count) + (count === 1 ? 0.14 : 0))
    return { x: OWN_STAR.x + Math.cos(angle) * arc.rx, y: OWN_STAR.y + Math.sin(angle) * arc.ry * (1 + Math.cos(index * 5.1) * 0.05) }
  })
}
