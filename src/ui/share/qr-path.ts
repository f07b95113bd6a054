/** A link as a picture to scan, as one SVG path: a run of dark modules is one bar, so the path stays short. */
import { encode } from 'uqr'

export type QrPath = { readonly size: number; readonly d: string }

/** The quiet border that scanners need is part of the size. */
export function qrPath(text: string): QrPath {
  const { size, data } = encode(text, { ecc: 'M', border: 3 })
  let d = ''
  for (let y = 0; y < size; y++) {
    const row = data[y] ?? []
    for (let x = 0; x < size; x++) {
      if (row[x] !== true) continue
      const from = x
      while (row[x + 1] === true) x++
      d += `M${from} ${y}h${x - from + 1}v1h${from - x - 1}z`
    }
  }
  return { size, d }
}
