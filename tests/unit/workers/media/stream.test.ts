import { expect, test } from 'vitest'
import { encodePacket, type FrameHead } from '../../../../src/protocol/media.ts'
import type { Hop } from '../../../../workers/media/hop.ts'
import { Stream } from '../../../../workers/media/stream.ts'

const SOURCE = 7

function sending() {
  const sent: number[] = []
  const asked: number[] = []
  let nowMs = 0
  const hop = { queuedBytes: 0, send: () => sent.push(nowMs), traffic: { skipped: () => {} } } as unknown as Hop
  const stream = new Stream({ source: SOURCE, layer: 'main' }, { show: () => {}, ask: () => asked.push(nowMs) }, undefined)
  const at = (ms: number, work: () => void) => {
    nowMs = ms
    work()
  }
  const pass = (ms: number, sequence: number, isKey: boolean) =>
    at(ms, () => {
      const head: FrameHead = { source: SOURCE, layer: 'main', isKey, temporal: 0, dependsOn: isKey ? 0 : 1, sequence, capturedMs: ms }
      stream.pass(head, { bytes: encodePacket(head, new Uint8Array(100)), from: undefined, plain: undefined }, ms)
    })
  return {
    sent,
    asked,
    pass,
    adopt: (ms: number) => at(ms, () => stream.adopt(hop, 2, 60_000, ms)),
    repeat: (ms: number) => at(ms, () => stream.repeat(hop, ms)),
  }
}

test('[MEDIAWORKER-34] a child that lost its picture gets what is kept; when that was no help the source is asked, and then not for two seconds', () => {
  const { sent, asked, pass, adopt, repeat } = sending()
  pass(0, 1, true)
  adopt(10)
  pass(100, 2, false)
  expect([sent, asked]).toEqual([[10, 100], []])
  repeat(200)
  expect([sent.slice(2), asked]).toEqual([[200, 200], []])
  for (const ms of [300, 400, 600, 700, 1_200, 2_400]) repeat(ms)
  expect([sent.length, asked]).toEqual([4, [600]])
  repeat(2_700)
  expect(asked).toEqual([600, 2_700])
})

test('[MEDIAWORKER-34] with a new key frame a child begins anew', () => {
  const { sent, asked, pass, adopt, repeat } = sending()
  pass(0, 1, true)
  adopt(10)
  repeat(200)
  repeat(600)
  pass(700, 2, true)
  for (const ms of [900, 2_000, 2_700]) repeat(ms)
  expect([sent, asked]).toEqual([[10, 200, 700, 2_700], [600]])
})
