/** Names and words as stamps: written once by a canvas, laid on planes as often as the picture below changes. Letters are grey, so stamps are too. */
import { wrapLines } from '../../src/core/record/wrap-lines.ts'
import { type Area, half, type Planes } from './planes.ts'

/** Brightness times how far it covers, and how far; both of 255. `alpha` of four pixels together for the colours. */
export type Stamp = {
  readonly width: number
  readonly height: number
  readonly light: Uint8Array
  readonly alpha: Uint8Array
  readonly smallAlpha: Uint8Array
}

/** In sizes of letters. */
const LINE = 1.6

export class Lettering {
  /** Those of names that are drawn now. */
  #stamps = new Map<string, Stamp>()
  #before = new Map<string, Stamp>()

  /** Others are drawn from now on: what is not asked for until this is called again is forgotten. */
  turn(): void {
    this.#before = this.#stamps
    this.#stamps = new Map()
  }

  /** A name on a dark plate, as wide as it needs to be. */
  plate(name: string, { width, height }: Pick<Area, 'width' | 'height'>): Stamp {
    return this.#keep(`plate ${width} ${height} ${name}`, () => writePlate(name, width, height))
  }

  /** As many lines as need be and have room, each in the middle. */
  lines(text: string, { width, height }: Pick<Area, 'width' | 'height'>): Stamp {
    return this.#keep(`lines ${width} ${height} ${text}`, () => writeLines(text, width, height))
  }

  /** In place of a picture. */
  initial(name: string, height: number): Stamp {
    const letter = [...name][0]?.toUpperCase() ?? ''
    return this.#keep(`initial ${height} ${letter}`, () => writeInitial(letter, height))
  }

  #keep(key: string, write: () => Stamp): Stamp {
    const stamp = this.#stamps.get(key) ?? this.#before.get(key) ?? write()
    this.#stamps.set(key, stamp)
    return stamp
  }
}

/** `x`, `y`: even numbers; all of it lies within the planes. */
export function press(to: Planes, { x, y }: Pick<Area, 'x' | 'y'>, { width, height, light, alpha, smallAlpha }: Stamp): void {
  for (let row = 0; row < height; row++) {
    let at = (y + row) * to.y.width + x
    for (let from = row * width; from < (row + 1) * width; from++, at++) {
      to.y.pixels[at] = (light[from] as number) + ((to.y.pixels[at] as number) * (255 - (alpha[from] as number))) / 255
    }
  }
  const small = half(width)
  for (let row = 0; row < half(height); row++) {
    let at = (y / 2 + row) * to.u.width + x / 2
    for (let from = row * small; from < (row + 1) * small; from++, at++) {
      const kept = (255 - (smallAlpha[from] as number)) / 255
      to.u.pixels[at] = 128 + ((to.u.pixels[at] as number) - 128) * kept
      to.v.pixels[at] = 128 + ((to.v.pixels[at] as number) - 128) * kept
    }
  }
}

function writePlate(name: string, maxWidth: number, height: number): Stamp {
  const size = Math.max(11, Math.min(20, Math.round(height / 16)))
  const measure = canvasOf(1, 1, fontOf(size))
  return writeOnPlate([fitted(measure, name, maxWidth - 2 * size)], measure, size)
}

function writeLines(text: string, maxWidth: number, height: number): Stamp {
  const size = Math.max(11, Math.round(maxWidth / 42))
  const measure = canvasOf(1, 1, fontOf(size))
  const most = Math.max(1, Math.floor(height / (size * LINE)))
  return writeOnPlate(
    wrapLines(text, most, (line) => measure.measureText(line).width <= maxWidth - 3 * size),
    measure,
    size,
  )
}

function writeOnPlate(lines: readonly string[], measure: OffscreenCanvasRenderingContext2D, size: number): Stamp {
  const width = Math.max(...lines.map((line) => measure.measureText(line).width))
  const canvas = canvasOf(even(width + size), even(size * LINE * lines.length), fontOf(size))
  canvas.fillStyle = 'rgb(0 0 0 / 0.62)'
  canvas.fillRect(0, 0, canvas.canvas.width, canvas.canvas.height)
  canvas.fillStyle = '#fff'
  canvas.textAlign = 'center'
  canvas.textBaseline = 'middle'
  for (const [at, line] of lines.entries()) canvas.fillText(line, canvas.canvas.width / 2, size * LINE * (at + 0.5))
  return stampOf(canvas)
}

function fontOf(size: number): string {
  return `500 ${size}px system-ui, sans-serif`
}

function writeInitial(letter: string, height: number): Stamp {
  const size = Math.round(height / 3)
  const canvas = canvasOf(even(size * 1.4), even(size * 1.4), `600 ${size}px system-ui, sans-serif`)
  canvas.fillStyle = '#d9dde3'
  canvas.textAlign = 'center'
  canvas.textBaseline = 'middle'
  canvas.fillText(letter, canvas.canvas.width / 2, canvas.canvas.height / 2)
  return stampOf(canvas)
}

function canvasOf(width: number, height: number, font: string): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('no canvas')
  context.font = font
  return context
}

function stampOf(context: OffscreenCanvasRenderingContext2D): Stamp {
  const { width, height } = context.canvas
  const { data } = context.getImageData(0, 0, width, height)
  const [light, alpha] = [new Uint8Array(width * height), new Uint8Array(width * height)]
  for (let n = 0; n < width * height; n++) {
    const cover = data[4 * n + 3] as number
    alpha[n] = cover
    light[n] = ((16 + ((data[4 * n + 1] as number) * 219) / 255) * cover) / 255
  }
  const small = half(width)
  const smallAlpha = new Uint8Array(small * half(height))
  for (let row = 0; row < height; row += 2) {
    for (let n = 0; n < width; n += 2) {
      const [a, b] = [row * width + n, (row + 1) * width + n]
      const sum = (alpha[a] as number) + (alpha[a + 1] as number) + (alpha[b] as number) + (alpha[b + 1] as number)
      smallAlpha[(row / 2) * small + n / 2] = sum / 4
    }
  }
  return { width, height, light, alpha, smallAlpha }
}

function even(size: number): number {
  return 2 * Math.max(1, Math.round(size / 2))
}

function fitted(canvas: OffscreenCanvasRenderingContext2D, name: string, width: number): string {
  const letters = [...name]
  let kept = letters.length
  while (kept > 1 && canvas.measureText(textOf(letters, kept)).width > width) kept--
  return textOf(letters, kept)
}

function textOf(letters: readonly string[], kept: number): string {
  return kept === letters.length ? letters.join('') : `${letters.slice(0, kept).join('')}…`
}
