/** Places for tiles of a picture, in whole pixels. */
import type { PictureTile } from '../../protocol/composite-worker.ts'

export type Size = { readonly width: number; readonly height: number }
type Area = Size & { readonly x: number; readonly y: number }
/** Somebody or something that has no place on the picture yet. */
export type Placeless = Omit<PictureTile, keyof Area>

/** All of it filled, as square as may be. */
export function inGrid(tiles: readonly Placeless[], { width, height }: Size): readonly PictureTile[] {
  const columns = Math.ceil(Math.sqrt(tiles.length))
  const rows = Math.ceil(tiles.length / columns)
  return inRows(tiles, columns, { width: Math.floor(width / columns), height: Math.floor(height / rows) }, { x: 0, y: 0, width, height })
}

/** Each of 16 to 9, in as many columns as make them largest. */
export function inBlock(tiles: readonly Placeless[], area: Area): readonly PictureTile[] {
  const unit = (columns: number) => Math.min(area.width / columns / 16, area.height / Math.ceil(tiles.length / columns) / 9)
  const columns = tiles.reduce((best, _, at) => (unit(at + 1) > unit(best) ? at + 1 : best), 1)
  return inRows(tiles, columns, { width: Math.floor(16 * unit(columns)), height: Math.floor(9 * unit(columns)) }, area)
}

/** In the middle, the last row too. */
export function inRows(tiles: readonly Placeless[], columns: number, { width, height }: Size, area: Area): readonly PictureTile[] {
  const top = area.y + Math.floor((area.height - Math.ceil(tiles.length / columns) * height) / 2)
  return tiles.map((tile, at) => {
    const row = Math.floor(at / columns)
    const left = area.x + Math.floor((area.width - Math.min(columns, tiles.length - row * columns) * width) / 2)
    return { ...tile, x: left + (at % columns) * width, y: top + row * height, width, height }
  })
}
