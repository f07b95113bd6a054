/**
 * A picture whose background is blurred, by arithmetic on its bytes: the same on every device, with a graphics card or without.
 * The blur is the mean of cells of about sixteen pixels, drawn smoothly from cell to cell: letters and faces are gone, light and
 * colours stay. A person counts for nothing in it, so that no shadow of it stands beside it.
 */
import type { Layout, Plane } from './planes.ts'

const CELL = 16
/** Even a cell full of a person has a colour, which shows at its outline. */
const LEAST_WEIGHT = 1

/** How much of a sample is a person's, 0 to 255, for each plane of a layout. */
export type Cover = readonly Uint8Array[]

export type Mask = { readonly width: number; readonly height: number; readonly values: Float32Array }

/** Nothing is a person's: all is background. */
export function noCover({ planes }: Layout): Cover {
  return planes.map(({ width, height }) => new Uint8Array(width * height))
}

/** A mask drawn to the size of each plane. What is surely none or surely all becomes so, and outlines stay soft. */
export function coverOf({ planes }: Layout, mask: Mask): Cover {
  return planes.map(({ width, height }) => {
    const cover = new Uint8Array(width * height)
    const columns = spread(width, mask.width)
    for (const [y, { first, second, part }] of spread(height, mask.height).entries()) {
      const [above, below] = [first * mask.width, second * mask.width]
      for (let x = 0; x < width; x++) {
        const column = columns[x] as Between
        const upper = between(mask.values, above, column)
        const value = upper + (between(mask.values, below, column) - upper) * part
        cover[y * width + x] = 255 * Math.min(1, Math.max(0, (value - 0.2) / 0.6))
      }
    }
    return cover
  })
}

/** In place. */
export function blurBackground(bytes: Uint8Array, { planes }: Layout, cover: Cover): void {
  for (const [i, plane] of planes.entries()) {
    const own = cover[i] as Uint8Array
    // Cells of all planes cover the same parts of the picture.
    const size = { columns: Math.ceil((planes[0] as Plane).width / CELL), rows: Math.ceil((planes[0] as Plane).height / CELL) }
    for (let channel = 0; channel < plane.step; channel++) {
      const cells = meanCells(bytes, plane, channel, own, size)
      drawCells(bytes, plane, channel, own, cells, size)
    }
  }
}

type Size = { readonly columns: number; readonly rows: number }

function meanCells(bytes: Uint8Array, plane: Plane, channel: number, cover: Uint8Array, { columns, rows }: Size): Float32Array {
  const [sums, weights] = [new Float32Array(columns * rows), new Float32Array(columns * rows)]
  const { at, width, height, step } = plane
  const column = Uint16Array.from({ length: width }, (_, x) => Math.floor((x * columns) / width))
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * rows) / height) * columns
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      const cell = row + (column[x] as number)
      const weight = 255 - (cover[i] as number) + LEAST_WEIGHT
      sums[cell] = (sums[cell] as number) + weight * (bytes[at + i * step + channel] as number)
      weights[cell] = (weights[cell] as number) + weight
    }
  }
  const around = soften(weights, { columns, rows })
  return soften(sums, { columns, rows }).map((sum, i) => sum / (around[i] as number))
}

/** Each cell with its neighbours: steps from cell to cell would be seen as squares, and a cell full of a person takes theirs. */
function soften(cells: Float32Array, { columns, rows }: Size): Float32Array {
  const [across, down] = [new Float32Array(cells.length), new Float32Array(cells.length)]
  for (let i = 0; i < cells.length; i++) {
    const x = i % columns
    const [left, right] = [x > 0 ? i - 1 : i, x < columns - 1 ? i + 1 : i]
    across[i] = ((cells[left] as number) + 2 * (cells[i] as number) + (cells[right] as number)) / 4
  }
  for (let i = 0; i < cells.length; i++) {
    const [above, below] = [i >= columns ? i - columns : i, i < columns * (rows - 1) ? i + columns : i]
    down[i] = ((across[above] as number) + 2 * (across[i] as number) + (across[below] as number)) / 4
  }
  return down
}

function drawCells(bytes: Uint8Array, plane: Plane, channel: number, cover: Uint8Array, cells: Float32Array, size: Size): void {
  const { at, width, height, step } = plane
  const columns = spread(width, size.columns)
  const line = new Float32Array(size.columns)
  for (const [y, { first, second, part }] of spread(height, size.rows).entries()) {
    const [above, below] = [first * size.columns, second * size.columns]
    for (let c = 0; c < line.length; c++) {
      const upper = cells[above + c] as number
      line[c] = upper + ((cells[below + c] as number) - upper) * part
    }
    for (let x = 0; x < width; x++) {
      const i = y * width + x
      const share = cover[i] as number
      if (share === 255) continue
      const where = at + i * step + channel
      const blurred = between(line, 0, columns[x] as Between)
      bytes[where] = blurred + (((bytes[where] as number) - blurred) * share) / 255
    }
  }
}

type Between = { readonly first: number; readonly second: number; readonly part: number }

/** For each of `to` samples, the two of `from` it lies between. */
function spread(to: number, from: number): readonly Between[] {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5))
    const first = Math.floor(at)
    return { first, second: Math.min(from - 1, first + 1), part: at - first }
  })
}

function between(values: Float32Array, from: number, { first, second, part }: Between): number {
  const value = values[from + first] as number
  return value + ((values[from + second] as number) - value) * part
}
