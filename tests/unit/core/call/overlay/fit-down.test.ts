import { expect, test } from 'vitest'
import { type Down, fitDown } from '../../../../../src/core/call/overlay/fit-down.ts'
import type { Layer, MediaId, Subscription } from '../../../../../src/protocol/media.ts'
import type { LayerProfile } from '../../../../../src/protocol/media-worker.ts'

const profile = (layer: LayerProfile['layer'], kbps: number): LayerProfile => ({
  layer,
  bitsPerSecond: 1_000 * kbps,
  height: 360,
  fps: 15,
  keyEveryMs: 2_000,
})
const PROFILES = [profile('main', 800), profile('thumb', 70), profile('screen', 1_500)]
const want = (source: MediaId, layer: Layer = 'main'): Subscription => ({ source, layer, maxTemporal: 2 })
const ALL = [want(1), want(2), want(3), want(3, 'audio')]
const TILES = [
  { id: 1, view: 'camera', heightPx: 100 },
  { id: 2, view: 'camera', heightPx: 300 },
  { id: 3, view: 'camera', heightPx: 200 },
] as const

const small = (downKbps: number, more: Partial<Down> = {}, wants = ALL) => {
  const down: Down = { downKbps, profiles: PROFILES, visible: TILES, speaking: [], small: new Set(), ...more }
  return [...fitDown(wants, down).small].toSorted()
}

test('[OVERLAY-24] on a short line the largest tiles stay full, who speaks before them, and the others come small', () => {
  expect(small(50_000)).toEqual([])
  expect(small(2_400)).toEqual([])
  expect(small(2_399)).toEqual([1])
  expect(small(1_000)).toEqual([1, 3])
  expect(small(1_000, { speaking: [1] })).toEqual([2, 3])
  expect(small(100)).toEqual([1, 2, 3])
})

test('[OVERLAY-24] what is taken small keeps its place, and voices, screens and small pictures stay as they are', () => {
  const wants = [want(1, 'screen'), want(1), want(2, 'thumb'), want(2, 'audio')]
  const fitted = fitDown(wants, { downKbps: 300, profiles: PROFILES, visible: TILES, speaking: [], small: new Set() })
  expect(fitted.wants).toEqual([want(1, 'screen'), want(1, 'thumb'), want(2, 'thumb'), want(2, 'audio')])
  expect([...fitted.small]).toEqual([1])
})

test('[OVERLAY-24] a full picture comes back when there is room to spare', () => {
  expect(small(2_900, { small: new Set([1]) })).toEqual([1])
  expect(small(3_100, { small: new Set([1]) })).toEqual([])
})
