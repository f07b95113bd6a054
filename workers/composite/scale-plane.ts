/** One plane, or a part of it, drawn larger or smaller: between four neighbours, and halved before where that would leave pixels out. */
import type { Area, Plane } from './planes.ts'

/** Weights are of 256 parts, and stand in the lower nine bits of a place: 256 is one of them. */
const PARTS_BITS = 8
const PLACE_BITS = 9
const PARTS = 1 << PARTS_BITS
const PARTS_MASK = (1 << PLACE_BITS) - 1
const ROUND = 1 << (2 * PARTS_BITS - 1)

/** `cut`: of `from`, may lie between pixels. `area`: of `to`, whole pixels within it. */
export function scalePlane(from: Plane, cut: Area, to: Plane, area: Area): void {
  if (cut.width >= 2 * area.width && cut.height >= 2 * area.height && from.width > 1 && from.height > 1) {
    scalePlane(halved(from), { x: cut.x / 2, y: cut.y / 2, width: cut.width / 2, height: cut.height / 2 }, to, area)
    return
  }
  const [source, target] = [from.pixels, to.pixels]
  const across = places(cut.x, cut.width, area.width, from.width)
  const down = places(cut.y, cut.height, area.height, from.height)
  const right = from.width > 1 ? 1 : 0
  const below = from.height > 1 ? from.width : 0
  for (let row = 0; row < area.height; row++) {
    const line = ((down[row] as number) >> PLACE_BITS) * from.width
    const low = (down[row] as number) & PARTS_MASK
    let at = (area.y + row) * to.width + area.x
    for (let n = 0; n < area.width; n++) {
      const place = across[n] as number
      const a = line + (place >> PLACE_BITS)
      const b = a + below
      const far = place & PARTS_MASK
      const top = ((source[a] as number) << PARTS_BITS) + ((source[a + right] as number) - (source[a] as number)) * far
      const bottom = ((source[b] as number) << PARTS_BITS) + ((source[b + right] as number) - (source[b] as number)) * far
      target[at++] = ((top << PARTS_BITS) + (bottom - top) * low + ROUND) >> (2 * PARTS_BITS)
    }
  }
}

/** For each of `count` pixels the one of `size` before it, and how far on it lies towards the next. */
function places(from: number, length: number, count: number, size: number): Int32Array {
  const step = length / count
  const last = Math.max(0, size - 2)
  const found = new Int32Array(count)
  for (let n = 0; n < count; n++) {
    const place = from + (n + 0.5) * step - 0.5
    const before = Math.min(last, Math.max(0, Math.floor(place)))
    const far = Math.min(PARTS, Math.max(0, Math.round((place - before) * PARTS)))
    found[n] = (before << PLACE_BITS) | far
  }
  return found
}

/** The last row and column of an odd size are left out. */
function halved({ pixels, width, height }: Plane): Plane {
  const [w, h] = [width >> 1, height >> 1]
  const small = new Uint8Array(w * h)
  let at = 0
  for (let row = 0; row < h; row++) {
    let a = 2 * row * width
    for (let n = 0; n < w; n++, a += 2) {
      const b = a + width
      const sum = (pixels[a] as number) + (pixels[a + 1] as number) + (pixels[b] as number) + (pixels[b + 1] as number)
      small[at++] = (sum + 2) >> 2
    }
  }
  return { pixels: small, width: w, height: h }
}
