/** A picture as encoders take it, in three planes: brightness of each pixel, and two colours of every second one in every second row. */
export type Plane = { readonly pixels: Uint8Array; readonly width: number; readonly height: number }
export type Planes = { readonly y: Plane; readonly u: Plane; readonly v: Plane }
export type Area = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
/** Brightness from 16 to 235 and colours from 16 to 240, by BT.709: as decoders of calls give them. */
export type Colour = { readonly y: number; readonly u: number; readonly v: number }

export const COLOURS = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false } as const satisfies VideoColorSpaceInit

export function bytesOf(width: number, height: number): number {
  return width * height + 2 * half(width) * half(height)
}

/** One after the other in `bytes`, without gaps. */
export function planesIn(bytes: Uint8Array, width: number, height: number): Planes {
  const [w, h] = [half(width), half(height)]
  const [uAt, vAt] = [width * height, width * height + w * h]
  return {
    y: { pixels: bytes.subarray(0, uAt), width, height },
    u: { pixels: bytes.subarray(uAt, vAt), width: w, height: h },
    v: { pixels: bytes.subarray(vAt, vAt + w * h), width: w, height: h },
  }
}

export function half(size: number): number {
  return Math.ceil(size / 2)
}

/** Whole numbers: cut off instead, greys would be greenish. */
export function colourOf(r: number, g: number, b: number): Colour {
  return {
    y: Math.round(16 + 0.1826 * r + 0.6142 * g + 0.062 * b),
    u: Math.round(128 - 0.1006 * r - 0.3386 * g + 0.4392 * b),
    v: Math.round(128 + 0.4392 * r - 0.3989 * g - 0.0403 * b),
  }
}

/** `area`: even numbers. */
export function fill(to: Planes, area: Area, { y, u, v }: Colour): void {
  const small = halfOf(area)
  fillPlane(to.y, area, y)
  fillPlane(to.u, small, u)
  fillPlane(to.v, small, v)
}

export function halfOf({ x, y, width, height }: Area): Area {
  return { x: x / 2, y: y / 2, width: width / 2, height: height / 2 }
}

function fillPlane({ pixels, width }: Plane, area: Area, value: number): void {
  for (let row = area.y; row < area.y + area.height; row++) pixels.fill(value, row * width + area.x, row * width + area.x + area.width)
}
