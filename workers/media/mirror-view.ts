/**
 * The own camera as its person sees it beside others: copies of some of its frames. An element keeps the frame that it shows,
 * and a camera has few buffers for all tabs that use it: when each tab kept another one, there was none left for the next frame,
 * and the camera stood still in all of them.
 */
import { mirrorFps } from '../../src/core/call/frames/strain.ts'
import type { Halvings } from '../../src/protocol/media-worker.ts'
import { nextDueUs } from './pace.ts'
import type { Shown, ShowTogether } from './show-together.ts'
import { WaitingFrame } from './waiting-frame.ts'

export class MirrorView implements Shown {
  readonly #waiting: WaitingFrame
  readonly #together: ShowTogether
  readonly #began: () => void
  #fps = mirrorFps(0)
  #dueUs: number | undefined
  #isCopying = false
  #hasBegun = false

  /** `began`: once, with the first frame. */
  constructor(frames: WritableStream<VideoFrame>, together: ShowTogether, began: () => void) {
    this.#together = together
    this.#began = began
    this.#waiting = new WaitingFrame(frames)
  }

  halve(halvings: Halvings): void {
    this.#fps = mirrorFps(halvings)
  }

  /** The frame stays the caller's. */
  take(frame: VideoFrame): void {
    const dueUs = nextDueUs(this.#dueUs, frame.timestamp, this.#fps)
    if (dueUs === undefined || this.#isCopying || this.#waiting.isBehind) return
    this.#dueUs = dueUs
    void this.#copy(frame.clone())
  }

  /** What waits goes into the element. */
  show(): void {
    if (this.#waiting.show() === undefined) return
    if (!this.#hasBegun) this.#began()
    this.#hasBegun = true
  }

  close(): void {
    this.#waiting.close()
  }

  async #copy(frame: VideoFrame): Promise<void> {
    this.#isCopying = true
    const copy = await copyOf(frame)
    frame.close()
    this.#isCopying = false
    this.#waiting.put(copy)
    this.#together.ready(this, 'thumb')
  }
}

type Turned = { readonly rotation?: number; readonly flip?: boolean }

/** Of a form that only the browser knows, the frame itself. */
async function copyOf(frame: VideoFrame & Turned): Promise<VideoFrame> {
  const { format, timestamp, displayWidth, displayHeight, colorSpace, rotation, flip } = frame
  const { width: codedWidth, height: codedHeight } = frame.visibleRect as DOMRectReadOnly
  if (format === null) return frame.clone()
  const bytes = new Uint8Array(frame.allocationSize())
  try {
    const layout = await frame.copyTo(bytes)
    const whole = { format, layout, codedWidth, codedHeight, displayWidth, displayHeight, timestamp, colorSpace, rotation, flip }
    return new VideoFrame(bytes, { ...whole, transfer: [bytes.buffer] } as VideoFrameBufferInit)
  } catch {
    // A cut that begins between two colours is refused.
    return frame.clone()
  }
}
