/**
 * The newest picture of one track. A camera's is let go as soon as it is drawn: cameras have few buffers and stand still when
 * they are held. A screen's is kept, because a screen that does not move gives no other.
 */
export class NewestFrame {
  isNew = false
  #frame: VideoFrame | undefined
  readonly #keepsLast: boolean
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>

  constructor(frames: ReadableStream<VideoFrame>, keepsLast: boolean) {
    this.#reader = frames.getReader()
    this.#keepsLast = keepsLast
    void this.#read()
  }

  get frame(): VideoFrame | undefined {
    return this.#frame
  }

  drawn(): void {
    this.isNew = false
    if (!this.#keepsLast) this.#letGo()
  }

  close(): void {
    this.#reader.cancel().catch(() => undefined)
    this.#letGo()
  }

  /** Ends with the track; one that breaks shows nothing new, and its person's next track is another. */
  async #read(): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await this.#reader.read()
        if (done) return
        this.#frame?.close()
        this.#frame = value
        this.isNew = true
      }
    } catch {
      this.#letGo()
    }
  }

  #letGo(): void {
    this.#frame?.close()
    this.#frame = undefined
    this.isNew = false
  }
}
