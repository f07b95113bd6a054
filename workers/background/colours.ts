/** A small picture in red, green and blue, each 0 to 1, taken from one of any layout: what a model looks at. */
import type { Layout, Plane } from './planes.ts'

export type Small = { readonly width: number; readonly height: number; readonly values: Float32Array }

export function shrink(bytes: Uint8Array, layout: Layout, into: Small): void {
  const read = reader(bytes, layout)
  const [{ width, height }] = layout.planes as readonly [Plane]
  for (let y = 0; y < into.height; y++) {
    const fromY = Math.floor(((y + 0.5) * height) / into.height)
    for (let x = 0; x < into.width; x++) read(Math.floor(((x + 0.5) * width) / into.width), fromY, into.values, 3 * (y * into.width + x))
  }
}

type Read = (x: number, y: number, values: Float32Array, at: number) => void

function reader(bytes: Uint8Array, { planes, format }: Layout): Read {
  const [first, second, third] = planes as readonly [Plane, Plane?, Plane?]
  if (second === undefined) {
    const [red, blue] = format.startsWith('BGR') ? [2, 0] : [0, 2]
    return (x, y, values, at) => {
      const from = first.at + 4 * (y * first.width + x)
      values[at] = (bytes[from + red] as number) / 255
      values[at + 1] = (bytes[from + 1] as number) / 255
      values[at + 2] = (bytes[from + blue] as number) / 255
    }
  }
  return (x, y, values, at) => {
    const luma = 1.164 * ((bytes[y * first.width + x] as number) - 16)
    const i = ((y >> 1) * second.width + (x >> 1)) * second.step
    const blue = (bytes[second.at + i] as number) - 128
    const red = (bytes[third === undefined ? second.at + i + 1 : third.at + i] as number) - 128
    // As television of this size has it; a camera that means it otherwise is off by a shade.
    values[at] = unit(luma + 1.596 * red)
    values[at + 1] = unit(luma - 0.392 * blue - 0.813 * red)
    values[at + 2] = unit(luma + 2.017 * blue)
  }
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value / 255))
}
