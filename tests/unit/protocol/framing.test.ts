import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concatBytes } from '../../../src/protocol/bytes.ts'
import { FrameReader, frameBytes } from '../../../src/protocol/framing.ts'

const MAX = 1000

test('a frame is preceded by its length, in one spelling', () => {
  expect(frameBytes(new Uint8Array([7]))).toEqual(new Uint8Array([1, 7]))
  expect(frameBytes(new Uint8Array(127)).subarray(0, 2)).toEqual(new Uint8Array([127, 0]))
  expect(frameBytes(new Uint8Array(128)).subarray(0, 3)).toEqual(new Uint8Array([0x80, 1, 0]))
  expect(frameBytes(new Uint8Array(300)).subarray(0, 2)).toEqual(new Uint8Array([0xac, 2]))
})

test('frames come out as they went in, however the stream was cut', () => {
  const frame = fc.uint8Array({ minLength: 1, maxLength: MAX })
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 6 }), fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (frames, cuts) => {
      const stream = concatBytes(frames.map(frameBytes))
      const reader = new FrameReader(MAX)
      const seen: Uint8Array[] = []
      for (let offset = 0, n = 0; offset < stream.byteLength; n++) {
        const size = cuts[n % cuts.length] as number
        const { frames: completed, refused } = reader.push(stream.subarray(offset, offset + size))
        expect(refused).toBeUndefined()
        seen.push(...completed)
        offset += size
      }
      expect(seen.map((bytes) => [...bytes])).toEqual(frames.map((bytes) => [...bytes]))
    }),
  )
})

test('a frame over the bound is refused from its length alone, after the frames before it', () => {
  const reader = new FrameReader(MAX)
  const good = frameBytes(new Uint8Array(MAX))
  const tooLong = frameBytes(new Uint8Array(MAX + 1)).subarray(0, 2)
  const result = reader.push(concatBytes([good, tooLong]))
  expect(result.frames.length).toBe(1)
  expect(result.refused).toBe('frame-too-large')
  expect(reader.push(good)).toEqual({ frames: [], refused: 'frame-too-large' })
})

test.each([
  ['an empty frame', [0], 'frame-malformed'],
  ['a padded length', [0x81, 0], 'frame-malformed'],
  ['a length without end', [0x80, 0x80, 0x80, 0x80], 'frame-too-large'],
  ['a length of 2 GiB', [0xff, 0xff, 0xff, 0xff, 7], 'frame-too-large'],
] as const)('%s is refused', (_, bytes, reason) => {
  expect(new FrameReader(MAX).push(new Uint8Array(bytes))).toEqual({ frames: [], refused: reason })
})

test('any bytes at all give frames within the bound or a refusal', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 * MAX }), (bytes) => {
      for (const frame of new FrameReader(MAX).push(bytes).frames) expect(frame.byteLength).toBeLessThanOrEqual(MAX)
    }),
  )
})
