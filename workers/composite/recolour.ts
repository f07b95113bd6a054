/**
 * Cameras, decoders and films weigh red, green and blue differently in their planes, and some use all 256 steps. Here all become
 * alike: a grey stays a grey, so only the colours count, and brightness by them.
 */
import { COLOURS, type Planes } from './planes.ts'

type Form = Pick<VideoColorSpace, 'matrix' | 'fullRange'>
/** How much red and blue count in brightness, by ITU-R BT.709, 601 and 2020. */
const WEIGHTS: Readonly<Record<string, readonly [red: number, blue: number]>> = {
  bt709: [0.2126, 0.0722],
  smpte170m: [0.299, 0.114],
  bt470bg: [0.299, 0.114],
  'bt2020-ncl': [0.2627, 0.0593],
}

/** What says nothing of itself is as it should be. */
export function isAlike({ matrix, fullRange }: Form): boolean {
  return fullRange !== true && (matrix === null || matrix === COLOURS.matrix || WEIGHTS[matrix] === undefined)
}

/** In place. */
export function recolour({ y, u, v }: Planes, form: Form): void {
  const { light, black, byU, byV, uByU, uByV, vByU, vByV } = turn(form)
  const bright = clamped(y.pixels)
  const [us, vs] = [clamped(u.pixels), clamped(v.pixels)]
  for (let row = 0; row < y.height; row++) {
    const small = (row >> 1) * u.width
    for (let n = 0, at = row * y.width; n < y.width; n++, at++) {
      const [a, b] = [(us[small + (n >> 1)] as number) - 128, (vs[small + (n >> 1)] as number) - 128]
      bright[at] = light * (bright[at] as number) + black + byU * a + byV * b
    }
  }
  for (let at = 0; at < us.length; at++) {
    const [a, b] = [(us[at] as number) - 128, (vs[at] as number) - 128]
    us[at] = 128 + uByU * a + uByV * b
    vs[at] = 128 + vByU * a + vByV * b
  }
}

/** From the weights of `form` to ours, in steps of 8 bits. */
function turn({ matrix, fullRange }: Form) {
  const [red, blue] = WEIGHTS[matrix ?? ''] ?? (WEIGHTS['bt709'] as readonly [number, number])
  const [light, black, colour] = fullRange === true ? [219 / 255, 16, 224 / 255] : [1, 0, 1]
  const [ofU, ofV] = [
    ours(0, 2 * (1 - blue), (-2 * (1 - blue) * blue) / (1 - red - blue)),
    ours(2 * (1 - red), 0, (-2 * (1 - red) * red) / (1 - red - blue)),
  ]
  const bright = (219 / 224) * colour
  return {
    light,
    black,
    byU: bright * ofU.y,
    byV: bright * ofV.y,
    uByU: colour * ofU.u,
    uByV: colour * ofV.u,
    vByU: colour * ofU.v,
    vByV: colour * ofV.v,
  }
}

/** Planes of red, blue and green that are over a grey. */
function ours(r: number, b: number, g: number): { readonly y: number; readonly u: number; readonly v: number } {
  const [red, blue] = WEIGHTS['bt709'] as readonly [number, number]
  const y = red * r + blue * b + (1 - red - blue) * g
  return { y, u: (b - y) / (2 * (1 - blue)), v: (r - y) / (2 * (1 - red)) }
}

function clamped({ buffer, byteOffset, length }: Uint8Array): Uint8ClampedArray {
  return new Uint8ClampedArray(buffer, byteOffset, length)
}
