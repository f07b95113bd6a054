/**
 * One picture of all, at a fixed pace, and only when something of it changed; once a second anyway, so that whoever watches
 * from now on sees it. The canvas keeps what was drawn: only tiles with a new frame are drawn again.
 */
import type { DrawnTile } from '../../src/protocol/composite-worker.ts'
import { clearPicture, drawAgain, drawBorder, drawEmpty, drawFrame } from './draw-tile.ts'
import { NewestFrame } from './newest-frame.ts'

const STILL_MS = 1_000

type Shape = { readonly width: number; readonly height: number; readonly fps: number }

export class Composition {
  readonly #canvas: OffscreenCanvas
  readonly #context: OffscreenCanvasRenderingContext2D
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>
  readonly #sources = new Map<string, NewestFrame>()
  #tiles: readonly DrawnTile[] = []
  /** Whose picture stands where on the canvas now. */
  #shown = new Map<string, DrawnTile>()
  #isChanged = true
  #sentAtMs = Number.NEGATIVE_INFINITY

  constructor(frames: WritableStream<VideoFrame>, { width, height, fps }: Shape) {
    this.#canvas = new OffscreenCanvas(width, height)
    const context = this.#canvas.getContext('2d', { alpha: false })
    if (context === null) throw new Error('no canvas')
    this.#context = context
    this.#writer = frames.getWriter()
    clearPicture(context, width, height)
    setInterval(() => this.#tick(), 1_000 / fps)
    this.#writer.closed.catch(() => undefined)
  }

  open(source: string, frames: ReadableStream<VideoFrame>, keepsLast: boolean): void {
    this.drop(source)
    this.#sources.set(source, new NewestFrame(frames, keepsLast))
  }

  drop(source: string): void {
    this.#sources.get(source)?.close()
    this.#sources.delete(source)
    this.#shown.delete(source)
  }

  arrange(tiles: readonly DrawnTile[]): void {
    const before = new OffscreenCanvas(this.#canvas.width, this.#canvas.height)
    before.getContext('2d', { alpha: false })?.drawImage(this.#canvas, 0, 0)
    const shown = this.#shown
    this.#tiles = tiles
    this.#shown = new Map()
    clearPicture(this.#context, this.#canvas.width, this.#canvas.height)
    for (const tile of tiles) this.#place(tile, before, shown.get(tile.source))
    this.#isChanged = true
  }

  close(): void {
    for (const source of this.#sources.values()) source.close()
    this.#sources.clear()
    this.#writer.close().catch(() => undefined)
  }

  #place(tile: DrawnTile, before: OffscreenCanvas, was: DrawnTile | undefined): void {
    const frame = this.#sources.get(tile.source)?.frame
    if (tile.hasPicture && frame !== undefined) this.#draw(tile, frame)
    else if (tile.hasPicture && was !== undefined) {
      drawAgain(this.#context, tile, before, was)
      this.#shown.set(tile.source, tile)
    } else drawEmpty(this.#context, tile)
    drawBorder(this.#context, tile)
  }

  #draw(tile: DrawnTile, frame: VideoFrame): void {
    drawFrame(this.#context, tile, frame)
    this.#shown.set(tile.source, tile)
    this.#sources.get(tile.source)?.drawn()
    this.#isChanged = true
  }

  #tick(): void {
    for (const tile of this.#tiles) {
      const source = this.#sources.get(tile.source)
      if (tile.hasPicture && source?.isNew === true && source.frame !== undefined) this.#draw(tile, source.frame)
    }
    const nowMs = performance.now()
    if (!this.#isChanged && nowMs - this.#sentAtMs < STILL_MS) return
    // Whoever takes the picture is behind: the next one is worth more than one that waits.
    if ((this.#writer.desiredSize ?? 0) <= 0) return
    this.#isChanged = false
    this.#sentAtMs = nowMs
    const frame = new VideoFrame(this.#canvas, { timestamp: Math.round(nowMs * 1_000) })
    this.#writer.write(frame).catch(() => frame.close())
  }
}
