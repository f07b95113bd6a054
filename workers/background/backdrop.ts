/** A background in the place of the one that is there: bytes in the layout of the frames, made once for many of them. */
import type { Cover } from './blur.ts'
import type { Layout, Plane } from './planes.ts'

/** In place. A frame and its backdrop lie alike. */
export function replaceBackground(bytes: Uint8Array, { planes }: Layout, cover: Cover, backdrop: Uint8Array): void {
  for (const [i, { at, width, height, step }] of planes.entries()) {
    const own = cover[i] as Uint8Array
    for (let n = 0; n < width * height; n++) {
      const share = own[n] as number
      if (share === 255) continue
      for (let where = at + n * step; where < at + (n + 1) * step; where++) {
        const behind = backdrop[where] as number
        bytes[where] = behind + (((bytes[where] as number) - behind) * share) / 255
      }
    }
  }
}

/** Of red, green, blue and one more byte for each point, as large as the first plane. */
export function inLayout(points: Uint8ClampedArray, layout: Layout): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(layout.bytes)
  const [first, second, third] = layout.planes as readonly [Plane, Plane?, Plane?]
  if (second === undefined) {
    const [red, blue] = layout.format.startsWith('BGR') ? [2, 0] : [0, 2]
    for (let i = 0; i < points.length; i += 4) {
      bytes[i + red] = points[i] as number
      bytes[i + 1] = points[i + 1] as number
      bytes[i + blue] = points[i + 2] as number
      bytes[i + 3] = 255
    }
    return bytes
  }
  // As television of this size has it; a camera that means it otherwise is off by a shade.
  const mix = (i: number, base: number, red: number, green: number, blue: number) =>
    base + (red * (points[i] as number) + green * (points[i + 1] as number) + blue * (points[i + 2] as number)) / 255
  for (let n = 0; n < first.width * first.height; n++) bytes[n] = mix(4 * n, 16, 65.48, 128.55, 24.97)
  const [reds, step] = third === undefined ? [second.at + 1, 2] : [third.at, 1]
  for (let n = 0; n < second.width * second.height; n++) {
    const [x, y] = [2 * (n % second.width), 2 * Math.floor(n / second.width)]
    const i = 4 * (y * first.width + x)
    bytes[second.at + n * step] = mix(i, 128, -37.8, -74.2, 112)
    bytes[reds + n * step] = mix(i, 128, 112, -93.79, -18.21)
  }
  return bytes
}
