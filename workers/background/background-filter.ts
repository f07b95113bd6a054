/** Frames of one camera on their way through: read, blurred or painted over where no person is, and given on under the same time. */
import { FIRST_PACE, type Pace, stepPace } from '../../src/core/effects/pace.ts'
import { EFFECT_WINDOW_MS } from '../../src/protocol/effects-limits.ts'
import type { BackgroundNews } from '../../src/protocol/effects-worker.ts'
import { replaceBackground } from './backdrop.ts'
import type { BackdropPainter } from './backdrop-painter.ts'
import { blurBackground, type Cover, coverOf, noCover } from './blur.ts'
import { shrink } from './colours.ts'
import type { PersonFinder } from './person-finder.ts'
import { type Layout, layoutOf, type Plane, plainFormat, planeLayouts } from './planes.ts'

/** Not yet in TypeScript's library: how the device was held. */
type Turned = { readonly rotation?: number; readonly flip?: boolean }

export class BackgroundFilter {
  readonly #finder: () => PersonFinder | undefined
  readonly #painter: BackdropPainter
  readonly #news: (news: BackgroundNews) => void
  #bytes = new Uint8Array()
  #layout: Layout | undefined
  #cover: Cover = []
  #pace: Pace = FIRST_PACE
  #sinceLook = 0
  #work = new Work(performance.now())

  /** `finder`: undefined until it is loaded. */
  constructor(finder: () => PersonFinder | undefined, painter: BackdropPainter, news: (news: BackgroundNews) => void) {
    this.#finder = finder
    this.#painter = painter
    this.#news = news
  }

  /** Takes the frame over. */
  async filter(frame: VideoFrame): Promise<VideoFrame> {
    const startMs = performance.now()
    try {
      const layout = await this.#read(frame)
      const lookMs = await this.#look(layout)
      this.#hide(frame, layout)
      const filtered = new VideoFrame(this.#bytes.subarray(0, layout.bytes), framedLike(frame, layout))
      this.#account(performance.now(), startMs, lookMs)
      return filtered
    } finally {
      frame.close()
    }
  }

  /** Until people are told from the rest all is blurred: of a person behind a painting nothing would be seen. */
  #hide(frame: VideoFrame, layout: Layout): void {
    const backdrop = this.#finder() === undefined ? undefined : this.#painter.bytesFor(layout, (frame as Turned).rotation ?? 0)
    if (backdrop === undefined) blurBackground(this.#bytes, layout, this.#cover)
    else replaceBackground(this.#bytes, layout, this.#cover, backdrop)
  }

  async #read(frame: VideoFrame): Promise<Layout> {
    const { width, height } = frame.visibleRect ?? { width: frame.codedWidth, height: frame.codedHeight }
    const format = plainFormat(frame.format)
    if (this.#layout?.format !== format || this.#layout.planes[0]?.width !== width || this.#layout.planes[0].height !== height) {
      this.#layout = layoutOf(format, width, height)
      this.#bytes = new Uint8Array(this.#layout.bytes)
      this.#cover = noCover(this.#layout)
      this.#sinceLook = this.#pace.every
    }
    await frame.copyTo(this.#bytes, {
      layout: planeLayouts(this.#layout),
      ...(format === frame.format ? {} : { format }),
    } as VideoFrameCopyToOptions)
    return this.#layout
  }

  /** How long it took; undefined when it was not its turn. */
  async #look(layout: Layout): Promise<number | undefined> {
    const finder = this.#finder()
    if (finder === undefined || ++this.#sinceLook < this.#pace.every) return undefined
    const startMs = performance.now()
    shrink(this.#bytes, layout, finder.picture)
    this.#cover = coverOf(layout, await finder.look())
    this.#sinceLook = 0
    return performance.now() - startMs
  }

  #account(nowMs: number, startMs: number, lookMs: number | undefined): void {
    this.#work.add(nowMs - startMs, lookMs)
    if (nowMs - this.#work.sinceMs < EFFECT_WINDOW_MS) return
    const window = this.#work.window(nowMs)
    this.#work = new Work(nowMs)
    const { next, isGivenUp } = stepPace(this.#pace, window)
    this.#pace = next
    const { frames, blendMs, lookMs: looks } = window
    this.#news({ t: 'window', frames, blendMs, lookMs: looks, every: next.every })
    if (isGivenUp) this.#news({ t: 'gave-up', detail: `${frames} frames in ${Math.round(window.ms)} ms` })
  }
}

/** What one window has seen so far. */
class Work {
  readonly sinceMs: number
  #frames = 0
  #busyMs = 0
  #looks = 0
  #looksMs = 0

  constructor(sinceMs: number) {
    this.sinceMs = sinceMs
  }

  add(ms: number, lookMs: number | undefined): void {
    this.#frames++
    this.#busyMs += ms
    if (lookMs === undefined) return
    this.#looks++
    this.#looksMs += lookMs
  }

  window(nowMs: number) {
    const mean = (sum: number, count: number) => (count === 0 ? 0 : sum / count)
    return {
      ms: nowMs - this.sinceMs,
      frames: this.#frames,
      busyMs: this.#busyMs,
      blendMs: mean(this.#busyMs - this.#looksMs, this.#frames),
      lookMs: mean(this.#looksMs, this.#looks),
    }
  }
}

function framedLike(frame: VideoFrame, layout: Layout): VideoFrameBufferInit {
  const [{ width, height }] = layout.planes as readonly [Plane]
  const { timestamp, duration, displayWidth, displayHeight } = frame
  const { rotation, flip } = frame as Turned
  const colour = layout.format === frame.format ? { colorSpace: frame.colorSpace.toJSON() } : {}
  const turned = rotation === undefined ? {} : { rotation, flip }
  return {
    format: layout.format,
    codedWidth: width,
    codedHeight: height,
    displayWidth,
    displayHeight,
    timestamp,
    ...(duration === null ? {} : { duration }),
    layout: planeLayouts(layout),
    ...colour,
    ...turned,
  } as VideoFrameBufferInit
}
