/** One tile: a picture or a name alone, the name on it, and a frame around who speaks. */
import type { PictureTile } from '../../src/protocol/composite-worker.ts'

type Canvas = OffscreenCanvasRenderingContext2D
type Area = Pick<PictureTile, 'x' | 'y' | 'width' | 'height'>

const GROUND = '#17191d'
const EMPTY = '#262a31'
const SPEAKING = '#7cc4a1'
const GAP = 3

export function clearPicture(canvas: Canvas, width: number, height: number): void {
  canvas.fillStyle = GROUND
  canvas.fillRect(0, 0, width, height)
}

/** A face fills its tile; of a screen and a film everything is seen. */
export function drawFrame(canvas: Canvas, tile: PictureTile, frame: VideoFrame): void {
  const { x, y, width, height } = inner(tile)
  const [w, h] = [frame.displayWidth, frame.displayHeight]
  if (tile.view === 'camera') {
    const scale = Math.max(width / w, height / h)
    const [cutW, cutH] = [width / scale, height / scale]
    canvas.drawImage(frame, (w - cutW) / 2, (h - cutH) / 2, cutW, cutH, x, y, width, height)
  } else {
    const scale = Math.min(width / w, height / h)
    canvas.fillStyle = '#000'
    canvas.fillRect(x, y, width, height)
    canvas.drawImage(frame, x + (width - w * scale) / 2, y + (height - h * scale) / 2, w * scale, h * scale)
  }
  drawName(canvas, tile)
}

/** What was shown of it before, at its new place: the next frame comes soon. */
export function drawAgain(canvas: Canvas, tile: PictureTile, from: OffscreenCanvas, was: Area): void {
  const [to, old] = [inner(tile), inner(was)]
  canvas.drawImage(from, old.x, old.y, old.width, old.height, to.x, to.y, to.width, to.height)
  drawName(canvas, tile)
}

export function drawEmpty(canvas: Canvas, tile: PictureTile): void {
  const { x, y, width, height } = inner(tile)
  canvas.fillStyle = EMPTY
  canvas.fillRect(x, y, width, height)
  if (!tile.hasPicture) drawInitial(canvas, tile)
  drawName(canvas, tile)
}

export function drawBorder(canvas: Canvas, tile: PictureTile): void {
  if (!tile.isSpeaking) return
  canvas.strokeStyle = SPEAKING
  canvas.lineWidth = GAP
  const { x, y, width, height } = tile
  canvas.strokeRect(x + GAP / 2, y + GAP / 2, width - GAP, height - GAP)
}

function inner({ x, y, width, height }: Area): Area {
  return { x: x + GAP, y: y + GAP, width: width - 2 * GAP, height: height - 2 * GAP }
}

function drawInitial(canvas: Canvas, { x, y, width, height, name }: PictureTile): void {
  canvas.fillStyle = '#d9dde3'
  canvas.font = `600 ${Math.round(height / 3)}px system-ui, sans-serif`
  canvas.textAlign = 'center'
  canvas.textBaseline = 'middle'
  canvas.fillText([...name][0]?.toUpperCase() ?? '', x + width / 2, y + height / 2)
}

function drawName(canvas: Canvas, tile: PictureTile): void {
  const { x, y, width, height } = inner(tile)
  const size = Math.max(11, Math.min(20, Math.round(height / 16)))
  canvas.font = `500 ${size}px system-ui, sans-serif`
  const text = fitted(canvas, tile.name, width - 2 * size)
  const plate = { width: canvas.measureText(text).width + size, height: Math.round(size * 1.6) }
  canvas.fillStyle = 'rgb(0 0 0 / 0.62)'
  canvas.fillRect(x, y + height - plate.height, plate.width, plate.height)
  canvas.fillStyle = '#fff'
  canvas.textAlign = 'start'
  canvas.textBaseline = 'middle'
  canvas.fillText(text, x + size / 2, y + height - plate.height / 2)
}

function fitted(canvas: Canvas, name: string, width: number): string {
  const letters = [...name]
  let kept = letters.length
  while (kept > 1 && canvas.measureText(textOf(letters, kept)).width > width) kept--
  return textOf(letters, kept)
}

function textOf(letters: readonly string[], kept: number): string {
  return kept === letters.length ? letters.join('') : `${letters.slice(0, kept).join('')}…`
}
