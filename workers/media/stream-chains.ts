/** A chain for each stream: its frames do not overtake each other, and what is under way when it is dropped is dropped with it. */
import { FRAMES_OPENING } from '../../src/protocol/limits.ts'
import { type StreamId, streamKey } from '../../src/protocol/media.ts'
import { Chain } from './chain.ts'

export class StreamChains<T> {
  readonly #done: (result: T) => void
  readonly #chains = new Map<string, Chain<T>>()

  constructor(done: (result: T) => void) {
    this.#done = done
  }

  /** What is too much at a time is left out: those that need it ask for a key frame. */
  add(stream: StreamId, work: () => Promise<T>): void {
    const chain = this.#chain(streamKey(stream))
    if (!chain.isFull) chain.add(work())
  }

  drop(stream: StreamId): void {
    this.#chains.delete(streamKey(stream))
  }

  clear(): void {
    this.#chains.clear()
  }

  #chain(key: string): Chain<T> {
    let chain = this.#chains.get(key)
    if (chain === undefined) {
      const hand = (result: T) => {
        if (this.#chains.get(key) === chain) this.#done(result)
      }
      chain = new Chain(FRAMES_OPENING, hand, () => undefined)
      this.#chains.set(key, chain)
    }
    return chain
  }
}
