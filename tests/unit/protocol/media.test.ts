import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HOP_CONTROL_BYTES, MEDIA_FRAME_BYTES, SUBSCRIPTIONS_PER_HOP } from '../../../src/protocol/limits.ts'
import {
  encodeControl,
  encodeHead,
  encodeLineFrame,
  encodePacket,
  type FrameHead,
  type Hop,
  type HopControl,
  headOf,
  LAYERS,
  type LineFrame,
  type MediaPacket,
  mediaIdOf,
  parseControl,
  parseLineFrame,
  parsePacket,
  stampHop,
  VOICE_LINES,
} from '../../../src/protocol/media.ts'
import { fromHex, fromVector, readVectors, toHex, type Vectors } from './vectors.ts'

const VECTORS = readVectors<Record<'packet' | 'control' | 'lineFrame', Vectors>>('media')

function writePacket({ head, hop, sealed }: MediaPacket) {
  const packet = encodePacket(head, sealed)
  stampHop(packet, hop)
  return packet
}

const DOORS = [
  ['packet', parsePacket, (value: unknown) => writePacket(value as MediaPacket)],
  ['control', parseControl, (value: unknown) => encodeControl(value as HopControl)],
  ['lineFrame', parseLineFrame, (value: unknown) => encodeLineFrame((value as LineFrame).head, (value as LineFrame).sealed)],
] as const

const id = fc.integer({ min: 1, max: 0xffff_ffff })
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff })
const layer = fc.constantFrom(...LAYERS)
const anyHead: fc.Arbitrary<FrameHead> = fc
  .record({
    source: id,
    layer,
    isKey: fc.boolean(),
    temporal: fc.nat(3),
    dependsOn: fc.integer({ min: 1, max: 0xffff }),
    sequence: uint32,
    capturedMs: uint32,
  })
  .map((head) => (head.isKey ? { ...head, temporal: 0, dependsOn: 0 } : head))
const anyHop: fc.Arbitrary<Hop> = fc.record({ sequence: uint32, sentUs: uint32 })
const anySealed = fc.uint8Array({ minLength: 1, maxLength: 100 }).map((bytes) => new Uint8Array(bytes))
const anyControl: fc.Arbitrary<HopControl> = fc.oneof(
  fc.record({ kind: fc.constant('report' as const), received: fc.nat(0xffff), expected: fc.nat(0xffff), queueMs: fc.nat(0xffff) }),
  fc.record({ kind: fc.constant('subscribe' as const), wanted: fc.array(fc.record({ source: id, layer, maxTemporal: fc.nat(3) })) }),
  fc.record({ kind: fc.constant('refresh' as const), stream: fc.record({ source: id, layer }) }),
  fc.record({ kind: fc.constant('lines-asked' as const) }),
  fc.record({ kind: fc.constant('lines-heard' as const), lines: fc.subarray([...VOICE_LINES]) }),
)

describe.each(DOORS)('%s', (name, parse, write) => {
  test('[FRAME-21] valid vectors are read, and written the same again', () => {
    for (const { name: title, bytes, value } of VECTORS[name].valid) {
      expect(parse(fromHex(bytes)), title).toEqual(fromVector(value))
      expect(toHex(write(fromVector(value))), title).toBe(bytes)
    }
  })

  test('[FRAME-22] invalid vectors are refused', () => {
    expect(VECTORS[name].invalid.length).toBeGreaterThan(0)
    for (const { name: title, bytes } of VECTORS[name].invalid) expect(parse(fromHex(bytes)), title).toBeUndefined()
  })

  test('[FRAME-22] whatever bytes come, they are read or refused; nothing is thrown, and what is read is written the same', () => {
    const marks = fc.constantFrom(0x11, 0x02, 0x03, 0x04, 0x10, 0x12, 0x14)
    const any = fc.tuple(marks, fc.uint8Array({ maxLength: 60 })).map(([mark, rest]) => new Uint8Array([mark, ...rest]))
    fc.assert(
      fc.property(any, (bytes) => {
        const read = parse(bytes)
        if (read !== undefined) expect(write(read)).toEqual(bytes)
      }),
    )
  })
})

test('[FRAME-21] every packet, control packet and line frame is read as it was written', () => {
  fc.assert(
    fc.property(anyHop, anyHead, anySealed, (hop, head, sealed) => {
      const packet = { kind: 'frame', hop, head, sealed } as const
      expect(parsePacket(writePacket(packet))).toEqual(packet)
      expect(headOf(writePacket(packet))).toEqual(encodeHead(head))
      expect(parseLineFrame(encodeLineFrame(head, sealed))).toEqual({ head, sealed })
    }),
  )
  fc.assert(
    fc.property(anyControl, (control) => {
      expect(parseControl(encodeControl(control))).toEqual(control)
    }),
  )
})

test('[FRAME-21] a packet is read in the middle of a larger buffer, without a copy', () => {
  fc.assert(
    fc.property(anyHop, anyHead, anySealed, (hop, head, sealed) => {
      const packet = writePacket({ kind: 'frame', hop, head, sealed })
      const whole = new Uint8Array(packet.byteLength + 20)
      whole.set(packet, 10)
      const within = whole.subarray(10, 10 + packet.byteLength)
      expect(parsePacket(within)).toEqual({ kind: 'frame', hop, head, sealed })
      expect(parsePacket(within)?.sealed.buffer).toBe(whole.buffer)
      stampHop(within, { sequence: 1, sentUs: 2 })
      expect(parsePacket(within)).toEqual({ kind: 'frame', hop: { sequence: 1, sentUs: 2 }, head, sealed })
      expect([...whole.subarray(0, 10), ...whole.subarray(-10)]).toEqual(Array(20).fill(0))
    }),
  )
})

test('[FRAME-21] a new stamp changes the hop alone', () => {
  const head: FrameHead = { source: 9, layer: 'main', isKey: false, temporal: 1, dependsOn: 2, sequence: 70_000, capturedMs: 5 }
  const packet = encodePacket(head, fromHex('aabbcc'))
  const before = packet.slice()
  stampHop(packet, { sequence: 2 ** 32 + 5, sentUs: 1_000_000 * performance.now() })
  expect(packet.subarray(9)).toEqual(before.subarray(9))
  expect(parsePacket(packet)?.hop.sequence).toBe(5)
})

test('[FRAME-22] what is too long is refused before it is read', () => {
  const head: FrameHead = { source: 9, layer: 'screen', isKey: true, temporal: 0, dependsOn: 0, sequence: 0, capturedMs: 0 }
  const longest = encodePacket(head, new Uint8Array(MEDIA_FRAME_BYTES - 25))
  expect(parsePacket(longest)?.sealed.byteLength).toBe(MEDIA_FRAME_BYTES - 25)
  expect(parsePacket(encodePacket(head, new Uint8Array(MEDIA_FRAME_BYTES - 24)))).toBeUndefined()
  expect(parseLineFrame(encodeLineFrame(head, new Uint8Array(MEDIA_FRAME_BYTES)))).toBeUndefined()
  expect(parseControl(new Uint8Array(HOP_CONTROL_BYTES + 1).fill(3))).toBeUndefined()
})

test('[FRAME-22] a tab may want so many streams of another, and the longest list fits one packet', () => {
  const wanted = Array.from({ length: SUBSCRIPTIONS_PER_HOP }, (_, at) => ({ source: at + 1, layer: 'audio', maxTemporal: 0 }) as const)
  const longest = encodeControl({ kind: 'subscribe', wanted })
  expect(longest.byteLength).toBeLessThanOrEqual(HOP_CONTROL_BYTES)
  expect(parseControl(longest)).toEqual({ kind: 'subscribe', wanted })
  expect(
    parseControl(encodeControl({ kind: 'subscribe', wanted: [...wanted, { source: 7, layer: 'main', maxTemporal: 0 }] })),
  ).toBeUndefined()
})

test('[FRAME-21] reports are cut to what fits', () => {
  const report = encodeControl({ kind: 'report', received: 70_000, expected: -1, queueMs: 12.6 })
  expect(parseControl(report)).toEqual({ kind: 'report', received: 0xffff, expected: 0, queueMs: 13 })
})

test('[FRAME-23] a packet begins as an inter frame of VP8 does, so that it may be the payload of one in RTP', () => {
  const [first = 0] = encodePacket(
    { source: 1, layer: 'main', isKey: true, temporal: 0, dependsOn: 0, sequence: 0, capturedMs: 0 },
    fromHex('00'),
  )
  const isInterFrame = (first & 1) === 1
  const version = (first >> 1) & 7
  const isShown = ((first >> 4) & 1) === 1
  expect({ isInterFrame, version, isShown }).toEqual({ isInterFrame: true, version: 0, isShown: true })
})

test('[FRAME-23] media ids follow from tab ids, the same everywhere, never 0', () => {
  expect(mediaIdOf('a' as never)).toBe(0xe40c292c)
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(mediaIdOf(text as never)).toBeGreaterThan(0)
    }),
  )
})
