/**
 * Messages as bytes: deterministic CBOR inside, a valibot schema at the door. Two peers that mean the same message
 * write the same bytes, so messages can be signed and used as test vectors.
 */
import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import * as v from 'valibot'
import { type Bytes, ownBytes } from './bytes.ts'
import { CONTROL_FRAME_BYTES } from './limits.ts'

export type Refused = 'frame-too-large' | 'frame-malformed' | 'frame-unknown'

export type Parsed<T> = { readonly kind: 'ok'; readonly message: T } | { readonly kind: 'refused'; readonly reason: Refused }

const STRICT = {
  strict: true,
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
  allowInfinity: false,
  allowNaN: false,
  allowUndefined: false,
} as const

/** Deterministic CBOR (RFC 8949, section 4.2): shortest forms, map keys sorted. */
export function encodeFrame(message: unknown): Bytes {
  return ownBytes(encode(message, rfc8949EncodeOptions))
}

/**
 * Unknown message types are told from broken ones: a newer peer may send a few and is heard all the same.
 * Every message has a text field `t`; `schema` is a union over its values.
 */
export function parseFrame<T>(bytes: Uint8Array, schema: v.GenericSchema<unknown, T>, maxBytes = CONTROL_FRAME_BYTES): Parsed<T> {
  if (bytes.byteLength > maxBytes) return { kind: 'refused', reason: 'frame-too-large' }
  let value: unknown
  try {
    value = decode(bytes, STRICT)
  } catch {
    return { kind: 'refused', reason: 'frame-malformed' }
  }
  const result = v.safeParse(schema, value)
  if (result.success) return { kind: 'ok', message: result.output }
  return { kind: 'refused', reason: isOfUnknownType(value, schema) ? 'frame-unknown' : 'frame-malformed' }
}

function isOfUnknownType(value: unknown, schema: v.GenericSchema<unknown, unknown>): boolean {
  if (typeof value !== 'object' || value === null || !('t' in value) || typeof value.t !== 'string') return false
  if (!('options' in schema) || !Array.isArray(schema.options)) return false
  const { t } = value
  return !schema.options.some((option) => option?.entries?.t?.literal === t)
}

/** Bytes of an exact or bounded length. CBOR gives Uint8Array views; they are copied to own their buffer. */
export function bytesOf(min: number, max = min) {
  return v.pipe(
    v.instance(Uint8Array),
    v.check((bytes) => bytes.byteLength >= min && bytes.byteLength <= max, 'length'),
    v.transform((bytes): Bytes => new Uint8Array(bytes)),
  )
}

/** Text that a parse function turns into a typed id. */
export function idOf<T extends string>(parse: (text: string) => T | undefined) {
  return v.pipe(
    v.string(),
    v.maxLength(200),
    v.rawTransform<string, T>(({ dataset, addIssue, NEVER }) => {
      const id = parse(dataset.value)
      if (id !== undefined) return id
      addIssue({ message: 'id' })
      return NEVER
    }),
  )
}

/** A whole number from 0 to `max`. */
export function countOf(max = Number.MAX_SAFE_INTEGER) {
  return v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(max))
}
