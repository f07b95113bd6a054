/**
 * Keys of this call. The own one seals everything this tab sends, each frame under the next count of that key; those of the
 * others open what they send, the last few generations of each, because frames sealed before a change are on their way.
 */

import { countFrames, deriveFrameKey, type FrameKey, openFrame, readFrameHeader, sealFrame } from '../../src/pipeline/sframe.ts'
import { type Bytes, equalBytes } from '../../src/protocol/bytes.ts'
import { SENDER_KEYS } from '../../src/protocol/limits.ts'
import type { MediaId } from '../../src/protocol/media.ts'

/** `sealed`: no key here opens it. It needs one that has not come, it was changed on its way, or it is somebody else's. */
export type Opened = { readonly kind: 'frame'; readonly plain: Bytes } | { readonly kind: 'sealed'; readonly generation: number }

const NO_GENERATION = -1

type OwnKey = { readonly key: FrameKey; readonly count: () => number }

export class Keyring {
  #secret: Bytes | undefined
  #own: OwnKey | undefined
  readonly #others = new Map<MediaId, Map<number, Promise<FrameKey>>>()

  get canSeal(): boolean {
    return this.#own !== undefined
  }

  /** From now on. The same secret again changes nothing: its counts go on. */
  async setOwn(generation: number, secret: Bytes): Promise<void> {
    if (this.#secret !== undefined && equalBytes(this.#secret, secret)) return
    this.#secret = secret
    const key = await deriveFrameKey(secret, generation, 'seal')
    if (this.#secret === secret) this.#own = { key, count: countFrames() }
  }

  setOther(source: MediaId, generation: number, secret: Bytes): void {
    const keys = this.#others.get(source) ?? new Map<number, Promise<FrameKey>>()
    keys.delete(generation)
    keys.set(generation, deriveFrameKey(secret, generation, 'open'))
    for (const oldest of [...keys.keys()].slice(0, -SENDER_KEYS)) keys.delete(oldest)
    this.#others.set(source, keys)
  }

  forget(source: MediaId): void {
    this.#others.delete(source)
  }

  /** Throws without a key of one's own: nothing leaves unsealed. */
  seal(metadata: Bytes, plain: Bytes): Promise<Bytes> {
    if (this.#own === undefined) throw new Error('no key of our own')
    return sealFrame(this.#own.key, this.#own.count(), metadata, plain)
  }

  async open(source: MediaId, metadata: Bytes, sealed: Bytes): Promise<Opened> {
    const header = readFrameHeader(sealed)
    if (header === undefined) return { kind: 'sealed', generation: NO_GENERATION }
    const key = await this.#others.get(source)?.get(header.generation)
    const plain = key === undefined ? undefined : await openFrame(key, metadata, sealed)
    return plain === undefined ? { kind: 'sealed', generation: header.generation } : { kind: 'frame', plain }
  }
}
