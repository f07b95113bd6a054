/** Bytes and their spellings. All byte arrays here own a plain ArrayBuffer, so they can be transferred. */
export type Bytes = Uint8Array<ArrayBuffer>

export function concatBytes(parts: readonly Uint8Array[]): Bytes {
  let length = 0
  for (const part of parts) length += part.byteLength
  const whole = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.byteLength
  }
  return whole
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false
  let difference = 0
  for (let i = 0; i < a.byteLength; i++) difference |= (a[i] as number) ^ (b[i] as number)
  return difference === 0
}

/** The same bytes in an ArrayBuffer of their own length, copied only when they are a view of something larger. */
export function ownBytes(bytes: Uint8Array): Bytes {
  const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength
  if (isWhole && bytes.buffer instanceof ArrayBuffer) return bytes as Bytes
  return new Uint8Array(bytes)
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]))

/** base64url without padding (RFC 4648, section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.byteLength; i += 3) {
    const [a = 0, b = 0, c = 0] = [bytes[i], bytes[i + 1], bytes[i + 2]]
    const triple = (a << 16) | (b << 8) | c
    const letters = Math.min(bytes.byteLength - i, 3) + 1
    for (let n = 0; n < letters; n++) text += ALPHABET[(triple >> (18 - 6 * n)) & 63]
  }
  return text
}

/** Strict: letters outside the alphabet, stray bits and padding give undefined, so each value has one spelling. */
export function fromBase64Url(text: string): Bytes | undefined {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let buffer = 0
  let bits = 0
  let length = 0
  for (const letter of text) {
    const value = VALUES.get(letter)
    if (value === undefined) return undefined
    buffer = ((buffer << 6) | value) & 0xffffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes[length++] = (buffer >> bits) & 255
  }
  return (buffer & ((1 << bits) - 1)) === 0 ? bytes : undefined
}
