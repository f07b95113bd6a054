/**
 * The planes of a frame. What cameras and decoders give is taken as it is; what is rarer goes over a canvas, which knows all
 * forms of pictures and takes several times as long.
 */
import { bytesOf, colourOf, half, type Planes, planesIn } from './planes.ts'
import { isAlike, recolour } from './recolour.ts'

/** `width`, `height`: as it is to be seen, since its pixels may be no squares. */
export type Picture = { readonly planes: Planes; readonly width: number; readonly height: number }

/** Of a form that goes over a canvas, so many rows are read at most. */
const CANVAS_ROWS = 720

export class PictureReader {
  #bytes = new Uint8Array(0)
  #canvas: OffscreenCanvas | undefined

  /** What was read before is gone. */
  async read(frame: VideoFrame): Promise<Picture> {
    const { displayWidth: width, displayHeight: height } = frame
    // A cut that begins between two colours is refused.
    const copied = isPlain(frame) ? await this.#copy(frame).catch(() => undefined) : undefined
    return { planes: copied ?? this.#draw(frame), width, height }
  }

  async #copy(frame: VideoFrame): Promise<Planes> {
    const { width, height } = frame.visibleRect as DOMRectReadOnly
    this.#need(bytesOf(width, height))
    const isApart = frame.format === 'I420'
    await frame.copyTo(this.#bytes)
    if (!isApart) this.#part(width, height)
    const planes = planesIn(this.#bytes, width, height)
    if (!isAlike(frame.colorSpace)) recolour(planes, frame.colorSpace)
    return planes
  }

  /** The two colours come pixel by pixel. */
  #part(width: number, height: number): void {
    const colours = this.#bytes.subarray(width * height)
    const mixed = colours.slice()
    const count = half(width) * half(height)
    for (let n = 0; n < count; n++) {
      colours[n] = mixed[2 * n] as number
      colours[count + n] = mixed[2 * n + 1] as number
    }
  }

  #draw(frame: VideoFrame): Planes {
    const scale = Math.min(1, CANVAS_ROWS / frame.displayHeight)
    const [width, height] = [Math.max(1, Math.round(frame.displayWidth * scale)), Math.max(1, Math.round(frame.displayHeight * scale))]
    if (this.#canvas?.width !== width || this.#canvas.height !== height) this.#canvas = new OffscreenCanvas(width, height)
    const context = this.#canvas.getContext('2d', { alpha: false, willReadFrequently: true })
    if (context === null) throw new Error('no canvas')
    context.drawImage(frame, 0, 0, width, height)
    const { data } = context.getImageData(0, 0, width, height)
    this.#need(bytesOf(width, height))
    const planes = planesIn(this.#bytes, width, height)
    for (let row = 0; row < height; row++) {
      for (let n = 0; n < width; n++) {
        const at = 4 * (row * width + n)
        const { y, u, v } = colourOf(data[at] as number, data[at + 1] as number, data[at + 2] as number)
        planes.y.pixels[row * width + n] = y
        if (((row | n) & 1) === 0) {
          planes.u.pixels[(row >> 1) * planes.u.width + (n >> 1)] = u
          planes.v.pixels[(row >> 1) * planes.u.width + (n >> 1)] = v
        }
      }
    }
    return planes
  }

  #need(bytes: number): void {
    if (this.#bytes.length !== bytes) this.#bytes = new Uint8Array(bytes)
  }
}

/** A picture that is to be turned is left to the canvas. */
function isPlain(frame: VideoFrame & { readonly rotation?: number; readonly flip?: boolean }): boolean {
  return (frame.format === 'I420' || frame.format === 'NV12') && !frame.rotation && frame.flip !== true
}
