import { describe, expect, test } from 'vitest'
import { actClaim } from '../../../src/protocol/control.ts'
import { encodeFrame, parseFrame } from '../../../src/protocol/frame.ts'
import { helloMessage, proofClaim, tabClaim } from '../../../src/protocol/hello.ts'
import { CONTROL_FRAME_BYTES, STATE_FRAME_BYTES } from '../../../src/protocol/limits.ts'
import { entryClaim } from '../../../src/protocol/membership.ts'
import { deviceClaim, holdingClaim, manifestContext, planClaim } from '../../../src/protocol/object.ts'
import { rendezvousClaim } from '../../../src/protocol/rendezvous.ts'
import { formatRoomLink, parseRoomLink } from '../../../src/protocol/room-link.ts'
import { fileClaim, stateContext } from '../../../src/protocol/room-state.ts'
import { signalClaim } from '../../../src/protocol/signal.ts'
import { encodeDataFrame, parseDataFrame } from '../../../src/protocol/transfer.ts'
import { everyMessage, fromHex, fromVector, readVectors, toHex, type Vectors } from './vectors.ts'

describe.each(everyMessage())('$name', ({ name, schema, vectors, variants }) => {
  const maxBytes = name === 'stateMessage' ? STATE_FRAME_BYTES : CONTROL_FRAME_BYTES

  test('[PROTOCOL-1] valid vectors are read, and written the same again', () => {
    expect(vectors.valid.length).toBeGreaterThan(0)
    for (const { name: title, bytes, value } of vectors.valid) {
      const parsed = parseFrame(fromHex(bytes), schema, maxBytes)
      expect(parsed, title).toEqual({ kind: 'ok', message: fromVector(value) })
      expect(parsed.kind === 'ok' && toHex(encodeFrame(parsed.message)), title).toBe(bytes)
    }
  })

  test('[PROTOCOL-2] invalid vectors are refused, each for its reason', () => {
    expect(vectors.invalid.length).toBeGreaterThan(0)
    for (const { name: title, bytes, reason } of vectors.invalid) {
      expect(parseFrame(fromHex(bytes), schema, maxBytes), title).toEqual({ kind: 'refused', reason })
    }
  })

  test('[PROTOCOL-3] every kind of message has a valid and an invalid vector', () => {
    const startsWith = (kind: string) => (vector: { name: string }) => vector.name.startsWith(kind)
    const lacking = variants.filter(
      (kind) => kind !== 'signal' && !(vectors.valid.some(startsWith(kind)) && vectors.invalid.some(startsWith(kind))),
    )
    expect(lacking).toEqual([])
  })
})

test('[PROTOCOL-2] a frame over its bound is refused before it is read', () => {
  const frame = encodeFrame({ t: 'proof', mac: new Uint8Array(CONTROL_FRAME_BYTES) })
  expect(parseFrame(frame, helloMessage)).toEqual({ kind: 'refused', reason: 'frame-too-large' })
})

test('[PROTOCOL-4] data frames are read, and written the same again', () => {
  const { dataFrame } = readVectors<{ dataFrame: Vectors }>('transfer')
  for (const { name, bytes, value } of dataFrame.valid) {
    const frame = parseDataFrame(fromHex(bytes).buffer)
    expect(frame && { ...frame, payload: new Uint8Array(frame.payload) }, name).toEqual(fromVector(value))
    expect(frame && toHex(encodeDataFrame(frame)), name).toBe(bytes)
  }
  for (const { name, bytes } of dataFrame.invalid) expect(parseDataFrame(fromHex(bytes).buffer), name).toBeUndefined()
})

test('[PROTOCOL-5] room links', () => {
  type Links = { valid: { name: string; text: string; value: unknown }[]; invalid: { name: string; text: string }[] }
  const { valid, invalid } = readVectors<Links>('room-link')
  for (const { name, text, value } of valid) {
    const link = parseRoomLink(text)
    expect(link, name).toEqual(fromVector(value))
    expect(link && parseRoomLink(formatRoomLink('https://example.org/', link)), name).toEqual(link)
  }
  for (const { name, text } of invalid) expect(parseRoomLink(text), name).toBeUndefined()
})

test('[PROTOCOL-6] what is signed or proved is the same bytes everywhere', () => {
  const claims: Readonly<Record<string, (...given: never[]) => Uint8Array>> = {
    tabClaim,
    proofClaim,
    rendezvousClaim,
    entryClaim,
    actClaim,
    signalClaim,
    stateContext,
    fileClaim,
    planClaim,
    holdingClaim,
    deviceClaim,
    manifestContext,
  }
  const vectors = readVectors<{ name: string; arguments: unknown[]; bytes: string }[]>('claims')
  expect(new Set(vectors.map(({ name }) => name))).toEqual(new Set(Object.keys(claims)))
  for (const { name, arguments: given, bytes } of vectors)
    expect(toHex(claims[name]?.(...(given.map(fromVector) as never[])) as Uint8Array), name).toBe(bytes)
})
