/** How the bytes of a picture lie: planes of brightness and colour, each a grid of samples of one or more bytes. */

export type Plane = {
  /** Of the first byte. */
  readonly at: number
  readonly width: number
  readonly height: number
  /** Bytes of one sample: two where both colours lie beside each other, four where all lie together. */
  readonly step: number
}

export type Layout = { readonly planes: readonly Plane[]; readonly bytes: number; readonly format: PlainFormat }

const FORMATS = ['I420', 'NV12', 'RGBA', 'RGBX', 'BGRA', 'BGRX'] as const
export type PlainFormat = (typeof FORMATS)[number]

/** What is none of these is asked for as RGBA. */
export function plainFormat(format: string | null): PlainFormat {
  return FORMATS.find((one) => one === format) ?? 'RGBA'
}

export function layoutOf(format: PlainFormat, width: number, height: number): Layout {
  const luma = { at: 0, width, height, step: 1 }
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) }
  const colour = width * height
  const planes =
    format === 'I420'
      ? [luma, { ...half, at: colour, step: 1 }, { ...half, at: colour + half.width * half.height, step: 1 }]
      : format === 'NV12'
        ? [luma, { ...half, at: colour, step: 2 }]
        : [{ ...luma, step: 4 }]
  return { planes, format, bytes: planes.reduce((sum, plane) => sum + plane.width * plane.height * plane.step, 0) }
}

/** As the browser wants it said. */
export function planeLayouts({ planes }: Layout): PlaneLayout[] {
  return planes.map(({ at, width, step }) => ({ offset: at, stride: width * step }))
}
