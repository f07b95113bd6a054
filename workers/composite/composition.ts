/**
 * One picture of all, at a fixed pace, and only when something of it changed; once a second anyway, so that whoever watches
 * from now on sees it. What was drawn stays: only tiles with a new picture are drawn again.
 *
 * It is drawn in the planes that decoders give and encoders take. A canvas without a graphics card turns each picture into RGB
 * and all of it back, which took twice as long as all of this.
 */
import type { DrawnTile } from '../../src/protocol/composite-worker.ts'
import { drawBorder, drawTile, GROUND } from './draw-tile.ts'
import { Lettering } from './lettering.ts'
import { NewestPicture } from './newest-picture.ts'
import { bytesOf, COLOURS, fill, type Planes, planesIn } from './planes.ts'

const STILL_MS = 1_000
/** Reading takes less than a millisecond, from a graphics card some. One that does not come holds up nobody else. */
const LATE_MS = 30

type Shape = { readonly width: number; readonly height: number; readonly fps: number }

export class Composition {
  readonly #shape: Shape
  readonly #bytes: Uint8Array<ArrayBuffer>
  readonly #planes: Planes
  readonly #letters = new Lettering()
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>
  readonly #sources = new Map<string, NewestPicture>()
  #tiles: readonly DrawnTile[] = []
  /** Those that lie on others, or below them. */
  #piled: ReadonlySet<DrawnTile> = new Set()
  #isChanged = true
  #isLooking = false
  #sentAtMs = Number.NEGATIVE_INFINITY

  /** Width and height are even. */
  constructor(frames: WritableStream<VideoFrame>, shape: Shape) {
    this.#shape = shape
    this.#bytes = new Uint8Array(bytesOf(shape.width, shape.height))
    this.#planes = planesIn(this.#bytes, shape.width, shape.height)
    this.#writer = frames.getWriter()
    this.#writer.closed.catch(() => undefined)
    this.arrange([])
    setInterval(() => void this.#tick(), 1_000 / shape.fps)
  }

  /** Where there is one by this name, its last picture stays until the first of these frames is read. */
  open(source: string, frames: ReadableStream<VideoFrame>): void {
    const before = this.#sources.get(source)
    before?.close()
    this.#sources.set(source, new NewestPicture(frames, before?.picture))
  }

  drop(source: string): void {
    this.#sources.get(source)?.close()
    this.#sources.delete(source)
  }

  arrange(tiles: readonly DrawnTile[]): void {
    this.#tiles = tiles
    this.#piled = new Set(tiles.filter((one) => tiles.some((other) => one !== other && overlap(one, other))))
    this.#letters.turn()
    const { width, height } = this.#shape
    fill(this.#planes, { x: 0, y: 0, width, height }, GROUND)
    for (const tile of tiles) {
      drawBorder(this.#planes, tile)
      this.#draw(tile)
    }
  }

  close(): void {
    for (const source of this.#sources.values()) source.close()
    this.#sources.clear()
    this.#writer.close().catch(() => undefined)
  }

  #draw(tile: DrawnTile): void {
    const source = tile.hasPicture ? this.#sources.get(tile.source) : undefined
    drawTile(this.#planes, tile, source?.picture, this.#letters)
    if (source !== undefined) source.isNew = false
    this.#isChanged = true
  }

  async #tick(): Promise<void> {
    // Whoever takes the picture is behind: the next one is worth more than one that waits.
    if (this.#isLooking || (this.#writer.desiredSize ?? 0) <= 0) return
    this.#isLooking = true
    await this.#look()
    this.#isLooking = false
    const fresh = new Set(this.#tiles.filter(({ hasPicture, source }) => hasPicture && this.#sources.get(source)?.isNew === true))
    // What lies on a picture that is drawn anew is drawn again after it, and what shines through only on what is new below it.
    const isPileNew = [...fresh].some((tile) => this.#piled.has(tile))
    for (const tile of this.#tiles) {
      const isPiled = isPileNew && this.#piled.has(tile)
      if (isPiled) drawBorder(this.#planes, tile)
      if (isPiled || fresh.has(tile)) this.#draw(tile)
    }
    const nowMs = performance.now()
    if (this.#isChanged || nowMs - this.#sentAtMs >= STILL_MS) this.#send(nowMs)
  }

  async #look(): Promise<void> {
    const looks = [...this.#sources.values()].map((source) => source.look())
    await Promise.race([Promise.all(looks), new Promise((done) => setTimeout(done, LATE_MS))])
  }

  #send(nowMs: number): void {
    this.#isChanged = false
    this.#sentAtMs = nowMs
    const { width, height } = this.#shape
    const timestamp = Math.round(nowMs * 1_000)
    const frame = new VideoFrame(this.#bytes, { format: 'I420', codedWidth: width, codedHeight: height, timestamp, colorSpace: COLOURS })
    this.#writer.write(frame).catch(() => frame.close())
  }
}

function overlap(a: DrawnTile, b: DrawnTile): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
