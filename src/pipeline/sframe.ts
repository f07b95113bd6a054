/**
 * SFrame (RFC 9605) with AES_128_GCM_SHA256_128: a header of key id and counter, then the frame and a tag of 16 bytes. The
 * key id is the generation of the sender's key. One key never seals two frames under one counter: AES-GCM would give
 * both away. So a key is used by one worker only, which draws the counters of all its streams from one `countFrames`.
 */
import { type Bytes, concatBytes } from '../protocol/bytes.ts'
import { assert } from '../protocol/errors.ts'

export type FrameKey = { readonly generation: number; readonly key: CryptoKey; readonly salt: Bytes }

export type FrameHeader = { readonly generation: number; readonly counter: number; readonly headerBytes: number }

const CIPHER_SUITE = 0x0004
const KEY = { name: 'AES-GCM', length: 128 } as const
const NONCE_BYTES = 12
const TAG_BYTES = 16

const KEY_LABEL = new TextEncoder().encode('SFrame 1.0 Secret key ')
const SALT_LABEL = new TextEncoder().encode('SFrame 1.0 Secret salt ')

/** Each half of the config byte: this bit says that the value follows in as many bytes as the other three bits count, and one more. */
const FOLLOWS = 0x8
/** Smaller values stand in those three bits themselves. */
const INLINE = 8

/** 2^32 frames are three months at 500 a second, and far below what AES-GCM seals safely with one key. */
const COUNTERS = 2 ** 32

/** The counters of one key, each once. */
export function countFrames(first = 0): () => number {
  let counter = first
  return () => {
    assert(counter < COUNTERS, 'a new key before this one is used up')
    return counter++
  }
}

/** Section 4.4.2. `secret`: the sender's own, random. A key seals or opens, never both (section 4.4.1): nobody sends as another. */
export async function deriveFrameKey(secret: Bytes, generation: number, use: 'seal' | 'open'): Promise<FrameKey> {
  const { subtle } = crypto
  const root = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey', 'deriveBits'])
  const expand = (label: Bytes) => ({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: labelOf(label, generation) })
  const key = await subtle.deriveKey(expand(KEY_LABEL), root, KEY, false, [use === 'seal' ? 'encrypt' : 'decrypt'])
  const salt = new Uint8Array(await subtle.deriveBits(expand(SALT_LABEL), root, NONCE_BYTES * 8))
  return { generation, key, salt }
}

/** `counter`: never used with this key before. `metadata` is not part of what comes out; it must be the same at opening. */
export async function sealFrame(frameKey: FrameKey, counter: number, metadata: Bytes, plain: Bytes): Promise<Bytes> {
  const header = encodeFrameHeader(frameKey.generation, counter)
  const sealed = await crypto.subtle.encrypt(paramsOf(frameKey, counter, header, metadata), frameKey.key, plain)
  return concatBytes([header, new Uint8Array(sealed)])
}

/** Undefined: another generation's, another metadata, or a bit was changed. */
export async function openFrame(frameKey: FrameKey, metadata: Bytes, bytes: Bytes): Promise<Bytes | undefined> {
  const header = readFrameHeader(bytes)
  if (header === undefined || header.generation !== frameKey.generation) return undefined
  const params = paramsOf(frameKey, header.counter, bytes.subarray(0, header.headerBytes), metadata)
  try {
    return new Uint8Array(await crypto.subtle.decrypt(params, frameKey.key, bytes.subarray(header.headerBytes)))
  } catch {
    return undefined
  }
}

/** Section 4.3. Whole numbers up to 2^53; larger ones, which RFC 9605 allows, no tab here sends. */
export function encodeFrameHeader(generation: number, counter: number): Bytes {
  const generationBytes = bytesNeeded(generation)
  const counterBytes = bytesNeeded(counter)
  const bytes = new Uint8Array(1 + generationBytes + counterBytes)
  bytes[0] = (nibbleOf(generation, generationBytes) << 4) | nibbleOf(counter, counterBytes)
  writeNumber(bytes, 1, generationBytes, generation)
  writeNumber(bytes, 1 + generationBytes, counterBytes, counter)
  return bytes
}

/** Undefined: cut short, or numbers beyond 2^53. */
export function readFrameHeader(bytes: Bytes): FrameHeader | undefined {
  const config = bytes[0]
  if (config === undefined) return undefined
  const generationBytes = bytesSaid(config >> 4)
  const counterBytes = bytesSaid(config & 0xf)
  const headerBytes = 1 + generationBytes + counterBytes
  if (bytes.byteLength < headerBytes + TAG_BYTES) return undefined
  const generation = generationBytes === 0 ? config >> 4 : readNumber(bytes, 1, generationBytes)
  const counter = counterBytes === 0 ? config & 0xf : readNumber(bytes, 1 + generationBytes, counterBytes)
  return Number.isSafeInteger(generation) && Number.isSafeInteger(counter) ? { generation, counter, headerBytes } : undefined
}

function bytesNeeded(value: number): number {
  if (value < INLINE) return 0
  let bytes = 1
  while (value >= 256 ** bytes) bytes++
  return bytes
}

function bytesSaid(nibble: number): number {
  return (nibble & FOLLOWS) === 0 ? 0 : (nibble & (FOLLOWS - 1)) + 1
}

function nibbleOf(value: number, bytes: number): number {
  return bytes === 0 ? value : FOLLOWS | (bytes - 1)
}

function writeNumber(bytes: Bytes, at: number, length: number, value: number): void {
  let rest = value
  for (let i = length - 1; i >= 0; i--) {
    bytes[at + i] = rest % 256
    rest = Math.floor(rest / 256)
  }
}

function readNumber(bytes: Bytes, at: number, length: number): number {
  let value = 0
  for (let i = 0; i < length; i++) value = value * 256 + (bytes[at + i] as number)
  return value
}

function labelOf(label: Bytes, generation: number): Bytes {
  const tail = new Uint8Array(10)
  writeNumber(tail, 0, 8, generation)
  writeNumber(tail, 8, 2, CIPHER_SUITE)
  return concatBytes([label, tail])
}

/** Section 4.4.3: the salt and the counter are the nonce; what is authenticated beside the frame is header and metadata. */
function paramsOf({ salt }: FrameKey, counter: number, header: Bytes, metadata: Bytes) {
  const iv = new Uint8Array(NONCE_BYTES)
  writeNumber(iv, 0, NONCE_BYTES, counter)
  for (let i = 0; i < NONCE_BYTES; i++) iv[i] = (iv[i] as number) ^ (salt[i] as number)
  return { name: 'AES-GCM', iv, additionalData: concatBytes([header, metadata]) }
}
