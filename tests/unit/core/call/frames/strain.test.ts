import { expect, test } from 'vitest'
import {
  closeWindow,
  highestTemporal,
  isWindowOver,
  noteTick,
  type PicturesSeen,
  type Pressure,
  pressureNow,
  RELAXED,
  type Strain,
  slackMs,
} from '../../../../../src/core/call/frames/strain.ts'

type Moment = { readonly lateMs: number; readonly seen: PicturesSeen; readonly pressure: Pressure; readonly isLineShort?: boolean }

const IN_TIME: PicturesSeen = { shown: 60, late: 1, lateMs: 300 }
const LATE: PicturesSeen = { shown: 20, late: 15, lateMs: 900 }
const WELL: Moment = { lateMs: 2, seen: IN_TIME, pressure: 'fair' }
const FULL: Moment = { lateMs: 2, seen: LATE, pressure: 'critical' }

/** A tick every 50 ms; the seconds at which the halvings changed, and to what. */
function live(
  seconds: number,
  at: (second: number, strain: Strain) => Moment,
  begun = RELAXED,
): { changes: [number, number][]; end: Strain } {
  let strain = begun
  const changes: [number, number][] = []
  for (let nowMs = 50; nowMs <= 1_000 * seconds; nowMs += 50) {
    const { lateMs, seen, pressure, isLineShort = false } = at(nowMs / 1_000, strain)
    const before = strain.halvings
    strain = noteTick(strain, lateMs, nowMs)
    if (isWindowOver(strain, nowMs)) strain = closeWindow(strain, seen, pressure, isLineShort, nowMs)
    if (strain.halvings !== before) changes.push([Math.round(nowMs / 1_000), strain.halvings])
  }
  return { changes, end: strain }
}

test('[FRAME-43] a full processor whose pictures are late, or a clock that runs late, takes half of the pictures, then a quarter', () => {
  expect(live(20, () => FULL).changes).toEqual([
    [2, 1],
    [8, 2],
  ])
  // Browsers that tell nothing of the processor.
  expect(live(5, () => ({ lateMs: 90, seen: LATE, pressure: undefined })).changes).toEqual([[2, 1]])
})

test('[FRAME-53] what is late by a short line is no strain of the device, however full it is; a late clock is', () => {
  expect(live(60, () => ({ ...FULL, isLineShort: true })).changes).toEqual([])
  expect(live(5, () => ({ ...FULL, lateMs: 90, isLineShort: true })).changes).toEqual([[2, 1]])
})

test('[FRAME-43] nothing is taken less where all is in time, where only a line is slow, or where another program is busy', () => {
  expect(live(60, () => WELL).changes).toEqual([])
  expect(live(60, () => ({ ...WELL, seen: LATE })).changes).toEqual([])
  expect(live(60, () => ({ ...WELL, pressure: 'critical' })).changes).toEqual([])
})

test('[FRAME-43] what was enough stays while the processor is well used; with room for a while there is more again', () => {
  const begun = live(3, () => FULL).end
  expect(begun.halvings).toBe(1)
  expect(live(60, () => ({ ...WELL, pressure: 'serious' }), begun).changes).toEqual([])
  expect(live(60, () => WELL, begun).changes.map(([, halvings]) => halvings)).toEqual([0])
})

test('[FRAME-43] who has too much to do with all pictures changes ever more seldom', () => {
  const { changes } = live(600, (_, { halvings }) => (halvings === 0 ? FULL : WELL))
  const times = changes.map(([second]) => second)
  const pauses = times.slice(1).map((second, n) => second - (times[n] as number))
  expect(changes.length).toBeLessThan(30)
  expect(Math.max(...pauses)).toBeGreaterThan(40)
  // Long enough in time, and it is forgotten.
  const { end } = live(180, () => WELL, { ...live(3, () => FULL).end, patience: 24 })
  expect(end.patience).toBe(RELAXED.patience)
})

test('[FRAME-43] what the processor was said to be is known for a while only', () => {
  const said = { state: 'critical', atMs: 1_000 } as const
  expect([pressureNow(said, 2_000), pressureNow(said, 7_000), pressureNow(undefined, 0)]).toEqual(['critical', undefined, undefined])
})

test('[FRAME-43] a device that slept was not late', () => {
  expect(live(20, (second) => (Math.round(20 * second) % 40 === 0 ? { ...WELL, lateMs: 60_000 } : WELL)).changes).toEqual([])
})

test('[FRAME-43] a screen gives way after the cameras', () => {
  const taken = ([0, 1, 2] as const).map((halvings) => [highestTemporal('main', halvings), highestTemporal('screen', halvings)])
  expect(taken).toEqual([
    [2, 2],
    [1, 2],
    [0, 1],
  ])
})

test('[FRAME-44] what this device is late itself is known for a window, and is bounded', () => {
  expect(slackMs(live(20, () => WELL).end)).toBeLessThan(10)
  expect(slackMs(live(20, () => FULL).end)).toBe(900)
  expect(slackMs(live(20, () => ({ ...FULL, seen: { ...LATE, lateMs: 60_000 } })).end)).toBe(1_500)
  // A line that is slow is not this device.
  expect(slackMs(live(20, () => ({ ...WELL, seen: LATE })).end)).toBeLessThan(10)
})
