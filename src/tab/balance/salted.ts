/**
 * Names for networks and reflectors that mean something on this device alone: HMAC-SHA-256 under a salt that never leaves it.
 * Hashing takes a moment, so a name is undefined until it is ready; `onReady` tells.
 */
import type { Bytes } from '../../protocol/bytes.ts'
import { toBase64Url } from '../../protocol/bytes.ts'

/** 72 bits: two of a thousand names are never the same. */
const NAME_BYTES = 9

export class Salted {
  readonly #key: Promise<CryptoKey>
  readonly #names = new Map<string, string | undefined>()
  readonly #onReady: () => void

  constructor(salt: Bytes, onReady: () => void) {
    this.#key = crypto.subtle.importKey('raw', salt, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    this.#onReady = onReady
  }

  name(text: string): string | undefined {
    if (!this.#names.has(text)) {
      this.#names.set(text, undefined)
      void this.#hash(text)
    }
    return this.#names.get(text)
  }

  async #hash(text: string): Promise<void> {
    const mac = await crypto.subtle.sign('HMAC', await this.#key, new TextEncoder().encode(text))
    this.#names.set(text, toBase64Url(new Uint8Array(mac, 0, NAME_BYTES)))
    this.#onReady()
  }
}
