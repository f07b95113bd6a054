/**
 * Keys of this call. The own ones seal what this tab sends, each layer under the key it was given last and each frame under
 * the next count of that key, whichever layers share it; those of the others open what they send, the last few generations
 * of each, because frames sealed before a change are on their way. Keys of each kind count in a row of their own, and open
 * frames of that kind only.
 */

import { countFrames, deriveFrameKey, type FrameKey, openFrame, readFrameHeader, sealFrame } from '../../src/pipeline/sframe.ts'
import { type Bytes, equalBytes } from '../../src/protocol/bytes.ts'
import { keepNewest } from '../../src/protocol/keep-newest.ts'
import { KEY_SOURCES, SENDER_KEYS } from '../../src/protocol/limits.ts'
import { isKeyOf, KEY_KINDS, LAYERS, type Layer, type MediaId, type StreamId } from '../../src/protocol/media.ts'

/**
 * `sealed`: the key it names is not here. `false`: it is, and does not open it; the frame or its head was changed on its way, or it is
 * somebody else's.
 */
export type Opened = { readonly kind: 'frame'; readonly plain: Bytes } | { readonly kind: 'sealed' | 'false'; readonly generation: number }

const NO_GENERATION = -1

/** Own keys that are known again when they are given again: the tab itself forgets older ones. */
const OWN_KEYS = SENDER_KEYS * LAYERS.length

type OwnKey = { readonly generation: number; readonly secret: Bytes; readonly key: Promise<FrameKey>; readonly count: () => number }
type LayerKey = { readonly own: OwnKey; readonly key: FrameKey }

export class Keyring {
  /** The newest last. */
  #owns: readonly OwnKey[] = []
  /** What each layer was given last, and what it seals with until that is derived. */
  readonly #given = new Map<Layer, OwnKey>()
  readonly #used = new Map<Layer, LayerKey>()
  /** Who told a key last comes last. Who is here tells one whenever somebody leaves; who left tells none. */
  readonly #others = new Map<MediaId, Map<number, Promise<FrameKey>>>()

  canSeal(layer: Layer): boolean {
    return this.#used.has(layer)
  }

  /** From now on, for these layers. The same key again changes nothing: its counts go on, also when it comes back to a layer. */
  async setOwn(generation: number, secret: Bytes, layers: readonly Layer[]): Promise<void> {
    const own = this.#ownKey(generation, secret)
    for (const layer of layers) this.#given.set(layer, own)
    const key = await own.key
    for (const layer of layers) if (this.#given.get(layer) === own) this.#used.set(layer, { own, key })
  }

  setOther(source: MediaId, generation: number, secret: Bytes): void {
    const keys = this.#others.get(source) ?? new Map<number, Promise<FrameKey>>()
    this.#others.delete(source)
    keys.delete(generation)
    keys.set(generation, deriveFrameKey(secret, generation, 'open'))
    const sameRow = [...keys.keys()].filter((one) => one % KEY_KINDS.length === generation % KEY_KINDS.length)
    for (const oldest of sameRow.slice(0, -SENDER_KEYS)) keys.delete(oldest)
    this.#others.set(source, keys)
    keepNewest(this.#others, KEY_SOURCES)
  }

  /** Throws without a key for this layer: nothing leaves unsealed. */
  seal(layer: Layer, metadata: Bytes, plain: Bytes): Promise<Bytes> {
    const used = this.#used.get(layer)
    if (used === undefined) throw new Error('no key of our own')
    return sealFrame(used.key, used.own.count(), metadata, plain)
  }

  async open({ source, layer }: StreamId, metadata: Bytes, sealed: Bytes): Promise<Opened> {
    const header = readFrameHeader(sealed)
    if (header === undefined) return { kind: 'false', generation: NO_GENERATION }
    if (!isKeyOf(header.generation, layer)) return { kind: 'false', generation: header.generation }
    const key = await this.#others.get(source)?.get(header.generation)
    if (key === undefined) return { kind: 'sealed', generation: header.generation }
    const plain = await openFrame(key, metadata, sealed)
    return plain === undefined ? { kind: 'false', generation: header.generation } : { kind: 'frame', plain }
  }

  /** One for each secret and generation, with one count. */
  #ownKey(generation: number, secret: Bytes): OwnKey {
    const known = this.#owns.find((own) => own.generation === generation && equalBytes(own.secret, secret))
    if (known !== undefined) return known
    const own: OwnKey = { generation, secret, key: deriveFrameKey(secret, generation, 'seal'), count: countFrames() }
    const inUse = new Set(this.#given.values())
    const kept = this.#owns.filter((one, at) => inUse.has(one) || at > this.#owns.length - OWN_KEYS)
    this.#owns = [...kept, own]
    return own
  }
}
