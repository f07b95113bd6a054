/** The number of a frame as black and white cells along its upper edge: how it is written, and how it is read from a picture of any size. */

export const STAMP_BITS = 8
/** Black, white, the bits, four of check, white, black. */
export const STAMP_CELLS = STAMP_BITS + 8
/** Of the picture's height: well inside the cells. */
export const STAMP_AT = 0.055
/** Black and white nearer than this: no stamp, or no picture. */
const LEAST_CONTRAST = 60

/** True is white. */
export function stampCells(number: number): boolean[] {
  const bits = (value: number, count: number) => Array.from({ length: count }, (_, n) => ((value >> (count - 1 - n)) & 1) === 1)
  return [false, true, ...bits(number, STAMP_BITS), ...bits(checkOf(number), 4), true, false]
}

/** From one row of luma through the cells. Undefined: this row holds no stamp. */
export function readStamp(row: Uint8Array): number | undefined {
  const cell = (n: number) => row[Math.floor(((n + 0.5) * row.length) / STAMP_CELLS)] ?? 0
  const [black, white] = [cell(0), cell(1)]
  if (white - black < LEAST_CONTRAST) return undefined
  const value = (from: number, count: number) => {
    let number = 0
    for (let n = from; n < from + count; n++) number = number * 2 + (cell(n) > (black + white) / 2 ? 1 : 0)
    return number
  }
  const number = value(2, STAMP_BITS)
  return value(2 + STAMP_BITS, 4) === checkOf(number) ? number : undefined
}

function checkOf(number: number): number {
  return ((number >> 4) ^ number ^ 0b1010) & 0b1111
}
