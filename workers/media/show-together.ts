/** Pictures that wait for each other, shown by one timer. */
import { showAfterMs } from '../../src/core/call/frames/show-time.ts'
import type { Layer } from '../../src/protocol/media.ts'

export type Shown = { show(): void }

export class ShowTogether<P extends Shown> {
  readonly #ready = new Set<P>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `pictures`: on the page. */
  ready(picture: P, layer: Layer, pictures: number): void {
    const waitMs = showAfterMs(layer, pictures, performance.now())
    if (waitMs === 0) {
      picture.show()
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
    this.#timer = undefined
    for (const picture of this.#ready) picture.show()
    this.#ready.clear()
  }
}
