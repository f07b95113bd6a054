import { createDecipheriv, hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countFrames, deriveFrameKey, encodeFrameHeader, openFrame, readFrameHeader, sealFrame } from '../../../src/pipeline/sframe.ts'
import { concatBytes } from '../../../src/protocol/bytes.ts'
import { fromHex, readVectors, toHex } from '../protocol/vectors.ts'

type Vectors = {
  readonly headers: readonly { generation: number; counter: number; bytes: string }[]
  readonly headersTooLarge: readonly { name: string; bytes: string }[]
  readonly frames: readonly (Record<'name' | 'secret' | 'salt' | 'metadata' | 'plain' | 'sealed', string> & {
    readonly generation: number
    readonly counter: number
  })[]
}

const { headers, headersTooLarge, frames } = readVectors<Vectors>('sframe')
const TAG = new Uint8Array(16)
const SECRET = fromHex('11'.repeat(32))
const HEAD = fromHex('22'.repeat(16))
const PLAIN = fromHex('30313233')

async function keys(generation = 1) {
  return { sealing: await deriveFrameKey(SECRET, generation, 'seal'), opening: await deriveFrameKey(SECRET, generation, 'open') }
}

describe('the vectors of RFC 9605', () => {
  test('[SFRAME-1] headers are written and read as there', () => {
    for (const { generation, counter, bytes } of headers) {
      expect(toHex(encodeFrameHeader(generation, counter))).toBe(bytes)
      const read = readFrameHeader(concatBytes([fromHex(bytes), TAG]))
      expect(read).toEqual({ generation, counter, headerBytes: bytes.length / 2 })
      // No frame is shorter than its tag.
      expect(readFrameHeader(concatBytes([fromHex(bytes), TAG.subarray(1)]))).toBeUndefined()
    }
    for (const { name, bytes } of headersTooLarge) expect(readFrameHeader(concatBytes([fromHex(bytes), TAG])), name).toBeUndefined()
  })

  test.each(frames)('[SFRAME-1] a frame is sealed and opened as there: $name', async (vector) => {
    const [secret, metadata, plain] = [fromHex(vector.secret), fromHex(vector.metadata), fromHex(vector.plain)]
    const sealing = await deriveFrameKey(secret, vector.generation, 'seal')
    expect(toHex(sealing.salt)).toBe(vector.salt)
    const sealed = await sealFrame(sealing, vector.counter, metadata, plain)
    expect(toHex(sealed)).toBe(vector.sealed)
    const opening = await deriveFrameKey(secret, vector.generation, 'open')
    expect(await openFrame(opening, metadata, sealed)).toEqual(plain)
  })
})

test('[SFRAME-1] another implementation opens what is sealed here', async () => {
  const { sealing } = await keys(7)
  const sealed = await sealFrame(sealing, 300, HEAD, PLAIN)
  const label = (name: string) => Buffer.concat([Buffer.from(`SFrame 1.0 Secret ${name} `), Buffer.from('00000000000000070004', 'hex')])
  const key = new Uint8Array(hkdfSync('sha256', SECRET, '', label('key'), 16))
  const nonce = new Uint8Array(hkdfSync('sha256', SECRET, '', label('salt'), 12)).map((byte, at) => byte ^ ({ 10: 1, 11: 44 }[at] ?? 0))
  const cipher = createDecipheriv('aes-128-gcm', key, nonce)
  cipher.setAAD(concatBytes([sealed.subarray(0, 3), HEAD])).setAuthTag(sealed.subarray(-16))
  expect(toHex(sealed.subarray(0, 3))).toBe('79012c')
  expect(new Uint8Array(Buffer.concat([cipher.update(sealed.subarray(3, -16)), cipher.final()]))).toEqual(PLAIN)
})

test('[SFRAME-2] a frame with another head, another key, another generation or one changed bit does not open', async () => {
  const { sealing, opening } = await keys(9)
  const sealed = await sealFrame(sealing, 70_000, HEAD, PLAIN)
  expect(await openFrame(opening, HEAD, sealed)).toEqual(PLAIN)
  for (let bit = 0; bit < sealed.byteLength * 8; bit++) {
    const changed = sealed.slice()
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
    expect(await openFrame(opening, HEAD, changed), `bit ${bit}`).toBeUndefined()
  }
  expect(await openFrame(opening, HEAD.with(3, 0), sealed)).toBeUndefined()
  expect(await openFrame((await keys(10)).opening, HEAD, sealed)).toBeUndefined()
  expect(await openFrame(await deriveFrameKey(SECRET.with(0, 0), 9, 'open'), HEAD, sealed)).toBeUndefined()
})

test('[SFRAME-2] whatever bytes come, they open or they do not; nothing is thrown', async () => {
  const { opening } = await keys()
  const bytes = fc.uint8Array({ maxLength: 64 }).map((given) => new Uint8Array(given))
  await fc.assert(
    fc.asyncProperty(bytes, async (given) => {
      expect(await openFrame(opening, HEAD, given)).toBeUndefined()
    }),
  )
})

test('[SFRAME-2] whatever is sealed opens to the same, and says its key and counter in clear', async () => {
  const { sealing, opening } = await keys(4_000_000_000)
  const bytes = fc.uint8Array({ maxLength: 2_000 }).map((given) => new Uint8Array(given))
  await fc.assert(
    fc.asyncProperty(bytes, bytes, fc.maxSafeNat(), async (plain, metadata, counter) => {
      const sealed = await sealFrame(sealing, counter, metadata, plain)
      expect(readFrameHeader(sealed)).toMatchObject({ generation: 4_000_000_000, counter })
      expect(await openFrame(opening, metadata, sealed)).toEqual(plain)
    }),
  )
})

test('[SFRAME-3] a key seals or opens, never both, and no key can be read', async () => {
  const { sealing, opening } = await keys()
  const sealed = await sealFrame(sealing, 0, HEAD, PLAIN)
  await expect(sealFrame(opening, 1, HEAD, PLAIN)).rejects.toThrow()
  expect(await openFrame(sealing, HEAD, sealed)).toBeUndefined()
  await expect(crypto.subtle.exportKey('raw', opening.key)).rejects.toThrow()
})

test('[SFRAME-4] the counters of a key are given once each, and none beyond the last', async () => {
  const next = countFrames()
  expect([next(), next(), next()]).toEqual([0, 1, 2])
  const almostUsedUp = countFrames(2 ** 32 - 1)
  expect(almostUsedUp()).toBe(2 ** 32 - 1)
  expect(almostUsedUp).toThrow('a new key before this one is used up')
})
