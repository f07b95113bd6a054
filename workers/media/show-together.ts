/**
 * Small pictures of many are shown together: each one that comes by itself has the page drawn again, as often as the screen
 * goes, which without a graphics card costs more than decoding them. Large ones, and those of few, are shown at once.
 */
import type { Layer } from '../../src/protocol/media.ts'

/** Up to so many pictures nobody waits for the others. */
const FEW = 4
/** They come seven times a second; the twentieth of a second by which they are late is not seen on them. */
const EVERY_MS = 100

export type Shown = { show(): void }

export class ShowTogether<P extends Shown> {
  readonly #ready = new Set<P>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `pictures`: on the page. */
  ready(picture: P, layer: Layer, pictures: number): void {
    if (layer !== 'thumb' || pictures <= FEW) {
      picture.show()
      return
    }
    this.#ready.add(picture)
    this.#timer ??= setTimeout(() => this.#show(), EVERY_MS - (performance.now() % EVERY_MS))
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
