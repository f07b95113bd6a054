/** Paints the background that is wished, in the layout of the frames and turned as they are. Until it is painted there is none. */
import { BACKDROPS, type Painting } from '../../src/protocol/backdrops.ts'
import type { Backdrop } from '../../src/protocol/effects-worker.ts'
import { inLayout } from './backdrop.ts'
import type { Layout, Plane } from './planes.ts'

type Draw = (context: OffscreenCanvasRenderingContext2D, width: number, height: number) => void

export class BackdropPainter {
  #draw: Draw | undefined
  #painted: { readonly layout: Layout; readonly rotation: number; readonly bytes: Uint8Array } | undefined
  #turn = 0

  /** What was there before stays until a picture is decoded; where it is none, all is blurred. */
  async show(backdrop: Backdrop): Promise<void> {
    const turn = ++this.#turn
    const draw = await drawerOf(backdrop).catch(() => undefined)
    if (turn !== this.#turn) return
    this.#draw = draw
    this.#painted = undefined
  }

  /** Undefined: blur. */
  bytesFor(layout: Layout, rotation: number): Uint8Array | undefined {
    if (this.#draw === undefined) return undefined
    if (this.#painted?.layout !== layout || this.#painted.rotation !== rotation)
      this.#painted = { layout, rotation, bytes: paint(this.#draw, layout, rotation) }
    return this.#painted.bytes
  }
}

async function drawerOf(backdrop: Backdrop): Promise<Draw | undefined> {
  if (backdrop.kind === 'blur') return undefined
  if (backdrop.kind === 'painted') return (context, width, height) => drawPainting(context, BACKDROPS[backdrop.name], width, height)
  const picture = await createImageBitmap(new Blob([backdrop.bytes]))
  return (context, width, height) => drawCovering(context, picture, width, height)
}

/** A frame that is shown turned has its background turned the other way. */
function paint(draw: Draw, layout: Layout, rotation: number): Uint8Array {
  const [{ width, height }] = layout.planes as readonly [Plane]
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('no canvas')
  const [across, down] = rotation % 180 === 0 ? [width, height] : [height, width]
  context.translate(width / 2, height / 2)
  context.rotate((-rotation * Math.PI) / 180)
  context.translate(-across / 2, -down / 2)
  draw(context, across, down)
  return inLayout(context.getImageData(0, 0, width, height).data, layout)
}

function drawPainting(context: OffscreenCanvasRenderingContext2D, { top, bottom, glows }: Painting, width: number, height: number): void {
  const wall = context.createLinearGradient(0, 0, 0, height)
  wall.addColorStop(0, top)
  wall.addColorStop(1, bottom)
  context.fillStyle = wall
  context.fillRect(0, 0, width, height)
  for (const { x, y, across, down, colour } of glows) {
    context.save()
    context.translate(x * width, y * height)
    context.scale(across * width, down * height)
    const glow = context.createRadialGradient(0, 0, 0, 0, 0, 1)
    glow.addColorStop(0, colour)
    glow.addColorStop(1, `${colour}00`)
    context.fillStyle = glow
    context.fillRect(-1, -1, 2, 2)
    context.restore()
  }
}

function drawCovering(context: OffscreenCanvasRenderingContext2D, picture: ImageBitmap, width: number, height: number): void {
  const scale = Math.max(width / picture.width, height / picture.height)
  const [across, down] = [picture.width * scale, picture.height * scale]
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, (width - across) / 2, (height - down) / 2, across, down)
}
