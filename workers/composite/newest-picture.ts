/**
 * The newest picture of one track. Its frames are let go as soon as they are read: cameras have few buffers and stand still when
 * they are held. What was read is kept: a screen that does not move gives no other, and a tile that is placed anew is drawn at once.
 */
import { type Picture, PictureReader } from './read-picture.ts'

export class NewestPicture {
  picture: Picture | undefined
  /** Since it was drawn last. */
  isNew = false
  #reading: Promise<void> | undefined
  #frame: VideoFrame | undefined
  readonly #reader = new PictureReader()
  readonly #frames: ReadableStreamDefaultReader<VideoFrame>

  /** `before`: what is seen until the first one is read. */
  constructor(frames: ReadableStream<VideoFrame>, before: Picture | undefined) {
    this.picture = before
    this.#frames = frames.getReader()
    void this.#listen()
  }

  /** Resolves when the newest frame is read. One that cannot be is as none. */
  async look(): Promise<void> {
    const frame = this.#frame
    if (this.#reading === undefined && frame !== undefined) {
      this.#frame = undefined
      this.#reading = this.#read(frame)
    }
    await this.#reading
  }

  close(): void {
    this.#frames.cancel().catch(() => undefined)
    this.#letGo()
  }

  async #read(frame: VideoFrame): Promise<void> {
    try {
      this.picture = await this.#reader.read(frame)
      this.isNew = true
    } catch {
      // The next one may be whole.
    } finally {
      frame.close()
      this.#reading = undefined
    }
  }

  /** Ends with the track; one that breaks shows nothing new, and its person's next track is another. */
  async #listen(): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await this.#frames.read()
        if (done) return
        this.#frame?.close()
        this.#frame = value
      }
    } catch {
      this.#letGo()
    }
  }

  #letGo(): void {
    this.#frame?.close()
    this.#frame = undefined
  }
}
