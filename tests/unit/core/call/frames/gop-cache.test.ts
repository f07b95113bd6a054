import { expect, test } from 'vitest'
import { EMPTY_CACHE, type GopCache, keepFrame, replayFrom } from '../../../../../src/core/call/frames/gop-cache.ts'
import { GOP_CACHE_BYTES, GOP_CACHE_MS } from '../../../../../src/protocol/limits.ts'
import { encodePacket, type FrameHead, parsePacket } from '../../../../../src/protocol/media.ts'
import { groups, streamOf } from './stream-fixture.ts'

function keep(heads: readonly FrameHead[], bytes = 1_000, cache: GopCache = EMPTY_CACHE): GopCache {
  return heads.reduce((kept, head) => keepFrame(kept, head, encodePacket(head, new Uint8Array(bytes)), head.capturedMs), cache)
}

function replayed(cache: GopCache, nowMs: number): readonly (number | undefined)[] | 'ask-source' {
  const replay = replayFrom(cache, nowMs)
  return replay.kind === 'frames' ? replay.packets.map((packet) => parsePacket(packet)?.head.sequence) : replay.kind
}

test('[FRAME-12] who comes next gets the last key frame and the base after it', () => {
  expect(replayed(keep(streamOf(`${groups(3)}${groups(3)}`)), 1_000)).toEqual([12, 16, 20])
  expect(replayed(EMPTY_CACHE, 0)).toBe('ask-source')
})

test('[FRAME-12] a frame that comes twice is kept once, and an old one not at all', () => {
  const heads = streamOf(groups(3))
  const cache = keep(heads)
  expect(replayed(keep(heads.slice(4, 9), 1_000, cache), 500)).toEqual([0, 4, 8])
})

test('[FRAME-12] a chain with a hole is given up until the next key frame', () => {
  const heads = streamOf(groups(6, 4))
  const broken = keep(heads.slice(0, 16).filter(({ sequence }) => sequence !== 4))
  expect(replayed(broken, 500)).toBe('ask-source')
  expect(replayed(keep(heads.slice(16), 1_000, broken), 800)).toEqual([16, 20])
})

test('[FRAME-12] a chain that is too old or too large is given up, and its memory with it', () => {
  const heads = streamOf(groups(30))
  expect(replayed(keep(heads.slice(0, 5)), GOP_CACHE_MS)).toEqual([0, 4])
  expect(replayed(keep(heads.slice(0, 5)), GOP_CACHE_MS + 1)).toBe('ask-source')
  expect(keep(heads)).toEqual(EMPTY_CACHE)
  expect(keep(heads.slice(0, 17), GOP_CACHE_BYTES / 4)).toEqual(EMPTY_CACHE)
  expect(keep(heads.slice(0, 1), GOP_CACHE_BYTES)).toEqual(EMPTY_CACHE)
})

test('[FRAME-12] voices keep nothing', () => {
  for (const layer of ['audio', 'screen-audio'] as const) expect(keep(streamOf('KKK', { layer }))).toEqual(EMPTY_CACHE)
})

test('[FRAME-2] the chain goes on over the wrap of the sequence', () => {
  const heads = streamOf(groups(3)).map((head) => ({ ...head, sequence: (head.sequence + 2 ** 32 - 6) >>> 0 }))
  expect(replayed(keep(heads), 500)).toEqual([2 ** 32 - 6, 2 ** 32 - 2, 2])
})
