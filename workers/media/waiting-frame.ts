/** What is shown in one element next: the newest frame, which waits for its turn. */
export class WaitingFrame {
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>
  #frame: VideoFrame | undefined

  constructor(frames: WritableStream<VideoFrame>) {
    this.#writer = frames.getWriter()
    this.#writer.closed.catch(() => undefined)
  }

  /** An element that is behind gets none: the next frame is worth more than one that waits. */
  get isBehind(): boolean {
    return (this.#writer.desiredSize ?? 0) <= 0
  }

  /** Takes the place of one that waits. */
  put(frame: VideoFrame): void {
    this.#frame?.close()
    this.#frame = frame
  }

  /** It goes into the element; gives its time, in milliseconds. Undefined: there was none, or the element is behind. */
  show(): number | undefined {
    const frame = this.#frame
    this.#frame = undefined
    if (frame === undefined) return undefined
    const atMs = frame.timestamp / 1_000
    if (this.isBehind) {
      frame.close()
      return undefined
    }
    this.#writer.write(frame).catch(() => frame.close())
    return atMs
  }

  close(): void {
    this.#frame?.close()
    this.#frame = undefined
    this.#writer.close().catch(() => undefined)
  }
}
