/** Where tiles stand: as large as fits, the last row centred, what is shown large beside or above the rest. Pixels in, pixels out. */
export type Rect = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
export type Size = { readonly width: number; readonly height: number }
/** Where what is large stands; `fit`: beside the others on a wide stage, above them on a tall one. `start` is where one begins to read. */
export const LARGE_PLACES = ['fit', 'start', 'end', 'top', 'bottom'] as const
export type LargePlace = (typeof LARGE_PLACES)[number]
/** `part`: how much of the stage's width, or of its height, the large ones take. */
export type Way = { readonly place: LargePlace; readonly part: { readonly wide: number; readonly tall: number } }

const GAP = 14
const WIDE = 16 / 9
/** Beside or below something large. */
const SMALL = 4 / 3
const UPRIGHT = 1
export const BESIDE: Way = { place: 'fit', part: { wide: 0.76, tall: 0.6 } }
/** A stage below this is one of a phone. */
const PHONE_PX = 560
/** Below what is watched together. */
const BAR_PX = 48
/** A face is known, and a name read, down to these widths. Beside something large people are told by less: the large one is looked at. */
const FACE_PX = { phone: 140, desk: 180 } as const
const BESIDE_LARGE = 2 / 3
/** Of the width of a large one at most: several stand in two columns, and would be no larger than those below them. */
const BELOW_LARGE = 3 / 4
/** Width to height of a phone's stage: below it a picture above the others is about as large as one beside them, and those are larger. */
const BESIDE_FROM = 1.6
/** Pictures decoded at once: more, on a wall of screens, would cost more than they show. */
const MOST_TILES = 49

/** How many small tiles the stage holds before they become too small. Never fewer than three: I, who speaks, and the way to the others. */
export function countPlaces(large: number, size: Size, way = BESIDE): number {
  const { rest, aspect } = splitStage(large, 1, size, way)
  const smallest = FACE_PX[size.width < PHONE_PX ? 'phone' : 'desk'] * (large > 0 ? BESIDE_LARGE : 1)
  const fitting = (length: number, each: number) => Math.floor((length + GAP) / (each + GAP))
  return Math.min(MOST_TILES, Math.max(3, fitting(rest.width, smallest) * fitting(rest.height, smallest / aspect)))
}

export function layoutTiles(count: number, area: Rect, aspect = WIDE, mostWide = Number.POSITIVE_INFINITY): readonly Rect[] {
  let best: { columns: number; width: number; height: number } = { columns: 1, width: 0, height: 0 }
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns)
    const fitting = Math.min((area.width - GAP * (columns - 1)) / columns, ((area.height - GAP * (rows - 1)) / rows) * aspect)
    const width = Math.min(fitting, mostWide)
    // Of several ways to be as wide as they may, the one with the fewest rows.
    if (width > best.width || width === mostWide) best = { columns, width, height: width / aspect }
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

export function layoutStage(
  large: number,
  small: number,
  size: Size,
  way = BESIDE,
): { readonly large: readonly Rect[]; readonly small: readonly Rect[] } {
  const { main, rest, aspect, isStacked } = splitStage(large, small, size, way)
  if (large === 0) return { large: [], small: layoutTiles(small, rest, facing(small, rest)) }
  if (!isStacked) return { large: layoutTiles(large, main), small: layoutTiles(small, rest, aspect) }
  // One person below what is large stays smaller than it, and everybody below several.
  const larges = layoutTiles(large, main)
  const mostWide = Math.min((size.width - GAP) / 2, (larges[0]?.width ?? 0) * BELOW_LARGE)
  return close(larges, layoutTiles(small, rest, aspect, mostWide), size)
}

/** How wide tiles of people alike are, to their height: upright on a phone as soon as that makes them larger, and no face too small. */
function facing(count: number, area: Rect): number {
  if (area.width >= PHONE_PX) return WIDE
  if (area.height > area.width) return UPRIGHT
  const [upright, wide] = [UPRIGHT, WIDE].map((aspect) => layoutTiles(count, area, aspect)[0]) as [Rect, Rect]
  const isLarger = count > 0 && upright.width * upright.height > wide.width * wide.height
  return isLarger && upright.width >= FACE_PX.phone ? UPRIGHT : WIDE
}

/** The large ones and the others close to each other, and what is left of the stage's height above and below both. */
function close(large: readonly Rect[], small: readonly Rect[], { height }: Size): { large: readonly Rect[]; small: readonly Rect[] } {
  const isAfter = (large[0]?.y ?? 0) > (small[0]?.y ?? 0)
  const [first, second] = isAfter ? [small, large] : [large, small]
  const top = Math.max(0, (height - heightOf(first) - GAP - heightOf(second)) / 2)
  const moved = [movedTo(first, top), movedTo(second, top + heightOf(first) + GAP)] as const
  return isAfter ? { large: moved[1], small: moved[0] } : { large: moved[0], small: moved[1] }
}

function heightOf(rects: readonly Rect[]): number {
  return Math.max(...rects.map(({ y, height }) => y + height)) - Math.min(...rects.map(({ y }) => y))
}

function movedTo(rects: readonly Rect[], top: number): readonly Rect[] {
  const from = Math.min(...rects.map(({ y }) => y))
  return rects.map((rect) => ({ ...rect, y: rect.y - from + top }))
}

/** A phone has none to spare, and where not all fit the last place is the way to the others, which must not lie below anything. */
export function hasCorner({ width }: Size, count: number, places: number): boolean {
  return width >= PHONE_PX && count <= places
}

/** Over the others, at the end of the stage: large enough to see what goes on, and no face is wholly behind it. */
export function cornerOf({ width, height }: Size): Rect {
  const wide = Math.round(Math.min(380, Math.max(220, width * 0.34)))
  const tall = Math.round(Math.min(height, wide / WIDE + BAR_PX))
  return { x: Math.max(0, width - wide), y: height - tall, width: Math.min(width, wide), height: tall }
}

/** What the large ones take, what they leave to the others, and how upright the tiles of those are. */
function splitStage(
  large: number,
  small: number,
  size: Size,
  way: Way,
): { readonly main: Rect; readonly rest: Rect; readonly aspect: number; readonly isStacked: boolean } {
  const whole = { x: 0, y: 0, ...size }
  // A tall, narrow stage takes upright tiles; people are upright too.
  const aspect = large > 0 ? SMALL : size.width < PHONE_PX && size.height > size.width ? UPRIGHT : WIDE
  if (large === 0 || small === 0) return { main: whole, rest: whole, aspect, isStacked: false }
  const [isBeside, isAfter] = sideOf(way.place, size)
  if (isBeside) {
    const width = Math.round(size.width * way.part.wide)
    const left = size.width - width - GAP
    const [main, rest] = isAfter ? [left + GAP, 0] : [0, width + GAP]
    return { main: { ...whole, x: main, width }, rest: { ...whole, x: rest, width: left }, aspect, isStacked: false }
  }
  // No more than they fill: on a tall stage it is the width that bounds them, and the others take what is left.
  const most = { ...whole, height: Math.round(size.height * way.part.tall) }
  const height = Math.ceil(Math.min(most.height, heightOf(layoutTiles(large, most))))
  const left = size.height - height - GAP
  const [main, rest] = isAfter ? [left + GAP, 0] : [0, height + GAP]
  return { main: { ...whole, y: main, height }, rest: { ...whole, y: rest, height: left }, aspect, isStacked: true }
}

/** Beside the others or above and below them; before or after them. A phone is too narrow for two columns, also when notes leave little height. */
function sideOf(place: LargePlace, size: Size): readonly [isBeside: boolean, isAfter: boolean] {
  const isWide = size.width >= size.height * (size.width < PHONE_PX ? BESIDE_FROM : 1)
  if (place === 'top' || place === 'bottom') return [false, place === 'bottom']
  if (place === 'fit') return [isWide, false]
  return [isWide || size.width >= PHONE_PX, place === 'end']
}

/** From the first rectangle's middle to each other one's: the threads behind the tiles. */
export function threadsBetween(rects: readonly Rect[]): readonly string[] {
  const middle = ({ x, y, width, height }: Rect) => `${Math.round(x + width / 2)} ${Math.round(y + height / 2)}`
  const [first, ...rest] = rects
  return first === undefined ? [] : rest.map((rect) => `M${middle(first)}L${middle(rect)}`)
}
