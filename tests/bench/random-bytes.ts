/** Bytes that no compression shortens, the same for the same seed in every page: several can seed one file. */
export type MakeBytes = (total: number, seed: number) => Promise<Uint8Array<ArrayBuffer>>

declare global {
  var makeBytes: MakeBytes
}

/** For `page.addInitScript`: a stream cipher over nothing. */
export function offerBytes(): void {
  globalThis.makeBytes = async (total, seed) => {
    const key = await crypto.subtle.importKey('raw', new Uint8Array(16).fill(seed), 'AES-CTR', false, ['encrypt'])
    const bytes = await crypto.subtle.encrypt({ name: 'AES-CTR', counter: new Uint8Array(16), length: 64 }, key, new Uint8Array(total))
    return new Uint8Array(bytes)
  }
}
