/** One tile: a picture or a name alone, the name on it, and a frame around who speaks. Everything lies on even pixels, as colours do. */
import type { PictureTile } from '../../src/protocol/composite-worker.ts'
import { type Lettering, press, type Stamp } from './lettering.ts'
import { type Area, colourOf, fill, halfOf, type Planes } from './planes.ts'
import type { Picture } from './read-picture.ts'
import { scalePlane } from './scale-plane.ts'

export const GROUND = colourOf(0x17, 0x19, 0x1d)
const EMPTY = colourOf(0x26, 0x2a, 0x31)
const SPEAKING = colourOf(0x7c, 0xc4, 0xa1)
const BLACK = colourOf(0, 0, 0)
const GAP = 4

/** When the tile is placed: what is drawn in it later leaves its border alone. */
export function drawBorder(to: Planes, tile: PictureTile): void {
  if (tile.isSpeaking) fill(to, whole(tile), SPEAKING)
}

/** Undefined: it has none, or not yet. */
export function drawTile(to: Planes, tile: PictureTile, picture: Picture | undefined, letters: Lettering): void {
  const area = inner(tile)
  if (area.width <= 0 || area.height <= 0) return
  if (tile.view === 'text') {
    const lines = letters.lines(tile.name, area)
    pressAtFoot(to, area, lines, (area.width - lines.width) / 2)
    return
  }
  if (picture === undefined) {
    fill(to, area, EMPTY)
    if (!tile.hasPicture) pressInitial(to, area, tile.name, letters)
  } else if (tile.view === 'camera') drawCovering(to, area, picture)
  else drawWhole(to, area, picture)
  if (tile.name !== '') pressAtFoot(to, area, letters.plate(tile.name, area), 0)
}

function pressAtFoot(to: Planes, { x, y, width, height }: Area, plate: Stamp, left: number): void {
  if (plate.width <= width && plate.height <= height) press(to, { x: x + even(left), y: y + height - plate.height }, plate)
}

/** A face fills its tile. */
function drawCovering(to: Planes, area: Area, { planes, width, height }: Picture): void {
  const scale = Math.max(area.width / width, area.height / height)
  const [w, h] = [area.width / scale / width, area.height / scale / height]
  drawPart(to, area, planes, { x: (1 - w) / 2, y: (1 - h) / 2, width: w, height: h })
}

/** Of a screen and a film everything is seen. */
function drawWhole(to: Planes, area: Area, { planes, width, height }: Picture): void {
  const scale = Math.min(area.width / width, area.height / height)
  const [w, h] = [Math.max(2, even(width * scale)), Math.max(2, even(height * scale))]
  const part = { x: area.x + even((area.width - w) / 2), y: area.y + even((area.height - h) / 2), width: w, height: h }
  if (w < area.width || h < area.height) fill(to, area, BLACK)
  drawPart(to, part, planes, { x: 0, y: 0, width: 1, height: 1 })
}

/** `cut`: in parts of the whole. */
function drawPart(to: Planes, area: Area, from: Planes, cut: Area): void {
  const small = halfOf(area)
  for (const plane of ['y', 'u', 'v'] as const) {
    const { width, height } = from[plane]
    const pixels = { x: cut.x * width, y: cut.y * height, width: cut.width * width, height: cut.height * height }
    scalePlane(from[plane], pixels, to[plane], plane === 'y' ? area : small)
  }
}

function pressInitial(to: Planes, { x, y, width, height }: Area, name: string, letters: Lettering): void {
  const stamp = letters.initial(name, height)
  if (stamp.width > width || stamp.height > height) return
  press(to, { x: x + even((width - stamp.width) / 2), y: y + even((height - stamp.height) / 2) }, stamp)
}

function whole({ x, y, width, height }: Area): Area {
  const [left, top] = [even(x), even(y)]
  return { x: left, y: top, width: even(x + width) - left, height: even(y + height) - top }
}

function inner(tile: Area): Area {
  const { x, y, width, height } = whole(tile)
  return { x: x + GAP, y: y + GAP, width: width - 2 * GAP, height: height - 2 * GAP }
}

function even(place: number): number {
  return 2 * Math.floor(place / 2)
}
