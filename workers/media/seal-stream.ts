/** Frames of one stream of this tab, sealed and numbered in the order in which they were encoded. */
import { beginPattern, nextDependency } from '../../src/core/call/frames/temporal-pattern.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { FRAMES_SEALING } from '../../src/protocol/limits.ts'
import { encodeHead, type FrameHead, type StreamId } from '../../src/protocol/media.ts'
import { Chain } from './chain.ts'
import type { Keyring } from './keyring.ts'

/** `of` goes with the frame: what it came in. */
export type Plain<T> = {
  readonly bytes: Bytes
  readonly isKey: boolean
  readonly temporal: number
  readonly capturedMs: number
  readonly of: T
}
export type Sealed<T> = { readonly head: FrameHead; readonly bytes: Bytes; readonly of: T }

export class SealStream<T> {
  readonly #id: StreamId
  readonly #keyring: Keyring
  readonly #chain: Chain<Sealed<T>>
  readonly #lost: () => void
  #pattern = beginPattern(Date.now())

  /** `lost`: a frame got its number and will never be sent; pictures need a key frame then. */
  constructor(id: StreamId, keyring: Keyring, sealed: (frame: Sealed<T>) => void, lost: () => void) {
    this.#id = id
    this.#keyring = keyring
    this.#lost = lost
    this.#chain = new Chain(FRAMES_SEALING, sealed, lost)
  }

  take({ bytes, isKey, temporal, capturedMs, of }: Plain<T>): void {
    const { next, dependsOn } = nextDependency(this.#pattern, { isKey, temporal })
    const head: FrameHead = { ...this.#id, isKey, temporal, dependsOn, sequence: this.#pattern.count, capturedMs: capturedMs >>> 0 }
    this.#pattern = next
    if (this.#chain.isFull || !this.#keyring.canSeal(this.#id.layer)) this.#lost()
    else this.#chain.add(this.#seal(head, bytes, of))
  }

  async #seal(head: FrameHead, plain: Bytes, of: T): Promise<Sealed<T>> {
    return { head, bytes: await this.#keyring.seal(head.layer, encodeHead(head), plain), of }
  }
}
