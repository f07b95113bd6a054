import './engine-fixture.ts'
import { expect, test } from 'vitest'
import { HOP_QUEUE_MAX_BYTES } from '../../../../src/protocol/limits.ts'
import { encodePacket, parsePacket } from '../../../../src/protocol/media.ts'
import { Hop } from '../../../../workers/media/hop.ts'
import { Envelope, PipeWriter } from '../../../../workers/media/pipe.ts'
import { Stream } from '../../../../workers/media/stream.ts'
import { groups, streamOf } from '../../core/call/frames/stream-fixture.ts'

const FRAME_BYTES = 3_000
const nothing = () => {}

test('[MEDIAWORKER-41] while the engine takes nothing of a pipe frames are dropped as of a channel that is full, and the picture begins anew', async () => {
  const taken: Uint8Array<ArrayBuffer>[] = []
  let stall: Promise<void> | undefined
  let goOn = nothing
  const writable = new WritableStream<RTCEncodedVideoFrame>({
    async write({ data }) {
      await stall
      taken.push(new Uint8Array(data))
    },
  })
  const envelope = new Envelope()
  envelope.frame = {} as RTCEncodedVideoFrame
  const channel = Object.assign(new EventTarget(), { readyState: 'open', bufferedAmount: 0, send: nothing, close: nothing })
  const ports = { opened: nothing, lost: nothing, packet: nothing, control: nothing, failed: nothing }
  const hop = new Hop(2, channel as unknown as RTCDataChannel, ports)
  hop.pipe = new PipeWriter({ readable: new ReadableStream(), writable }, envelope)
  hop.carrier = 'pipe'
  const asked: number[] = []
  const stream = new Stream({ source: 1, layer: 'main' }, { show: nothing, ask: () => asked.push(taken.length) }, undefined)
  stream.adopt(hop, 2, Number.POSITIVE_INFINITY, 0)
  const heads = streamOf(groups(200, 50)).map((head) => ({ ...head, source: 1, layer: 'main' as const }))
  const pass = async (from: number, to: number) => {
    for (const head of heads.slice(from, to)) {
      stream.pass(head, { bytes: encodePacket(head, new Uint8Array(FRAME_BYTES)), from: undefined, plain: undefined }, head.capturedMs)
      for (let n = 0; n < 20; n++) await Promise.resolve()
    }
  }
  await pass(0, 40)
  expect(taken.length).toBe(40)
  stall = new Promise((resolve) => {
    goOn = resolve
  })
  await pass(40, 600)
  expect(hop.queuedBytes).toBeLessThanOrEqual(HOP_QUEUE_MAX_BYTES)
  stall = undefined
  goOn()
  for (let n = 0; n < 1_000; n++) await Promise.resolve()
  const late = taken.slice(40)
  expect(late.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThanOrEqual(HOP_QUEUE_MAX_BYTES)
  expect(new Set(late.slice(4).map((bytes) => parsePacket(bytes)?.head.temporal))).toEqual(new Set([0]))
  const before = taken.length
  await pass(600, 800)
  expect(taken.length).toBeGreaterThan(before + 100)
})
