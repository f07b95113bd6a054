/** Pictures that wait for each other, shown by one timer. */
import { showAfterMs } from '../../src/core/call/frames/show-time.ts'
import type { Layer } from '../../src/protocol/media.ts'
import type { Halvings } from '../../src/protocol/media-worker.ts'

export type Shown = { show(): void }

export class ShowTogether {
  readonly #pictures: () => number
  readonly #ready = new Set<Shown>()
  #halvings: Halvings = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `pictures`: how many of others are on the page. */
  constructor(pictures: () => number) {
    this.#pictures = pictures
  }

  halve(halvings: Halvings): void {
    this.#halvings = halvings
  }

  ready(picture: Shown, layer: Layer): void {
    const waitMs = showAfterMs(layer, this.#pictures(), this.#halvings, performance.now())
    if (waitMs === 0) {
      picture.show()
      // The page is drawn now: those that wait need no time of their own.
      this.#show()
      return
    }
    this.#ready.add(picture)
    this.#timer ??= setTimeout(() => this.#show(), waitMs)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#ready.clear()
  }

  #show(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const picture of this.#ready) picture.show()
    this.#ready.clear()
  }
}
