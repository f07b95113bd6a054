import { expect, test } from 'vitest'
import { SUBSCRIPTION_MS } from '../../../../src/protocol/limits.ts'
import { BY_SLOT, type Layer } from '../../../../src/protocol/media.ts'
import type { Want } from '../../../../src/protocol/media-worker.ts'
import { type Entry, Wants } from '../../../../workers/media/wants.ts'

const [SOURCE, ANN, BEN] = [7, 1, 2]

function want(layer: Layer, parent: number, more: Partial<Want> = {}): Want {
  return { source: SOURCE, layer, parent, standby: undefined, maxTemporal: 2, isShown: true, ...more }
}

const GOES_ON = { isNew: true, isUsable: true }
const AGAIN = { isNew: false, isUsable: false }
const WAITS = { isNew: true, isUsable: false }

const askedOf = (wants: Wants, hop: number) => wants.of(hop).map(({ layer }) => layer)

/** Frames come every 30 ms. */
function feed(wants: Wants, layer: Layer, hop: number, fromMs: number, toMs: number): void {
  const entry = wants.get({ source: SOURCE, layer })
  for (let atMs = fromMs; entry !== undefined && atMs < toMs; atMs += 30) wants.arrived(entry, hop, atMs, GOES_ON, atMs)
}

test('[MEDIAWORKER-17] a parent that the plan replaces is asked until the new one sends, or its time is over', () => {
  const wants = new Wants()
  wants.set([want('main', ANN)], 0)
  feed(wants, 'main', ANN, 0, 900)
  wants.set([want('main', BEN)], 1_000)
  expect([askedOf(wants, ANN), askedOf(wants, BEN)]).toEqual([['main'], ['main']])
  feed(wants, 'main', BEN, 1_050, 1_060)
  expect([askedOf(wants, ANN), askedOf(wants, BEN)]).toEqual([[], ['main']])

  wants.set([want('main', ANN)], 2_000)
  expect(wants.check(2_000 + SUBSCRIPTION_MS).isChanged).toBe(true)
  expect([askedOf(wants, ANN), askedOf(wants, BEN)]).toEqual([['main'], []])
})

test('[MEDIAWORKER-17] the standby of a picture is asked when its parent is silent, and let go when that one is back', () => {
  const wants = new Wants()
  wants.set([want('main', ANN, { standby: BEN }), want('audio', ANN, { standby: BEN })], 0)
  feed(wants, 'main', ANN, 0, 1_000)
  expect(wants.check(1_100).silent).toEqual([])
  expect(wants.check(1_400).silent.map(({ stream }) => stream.layer)).toEqual(['main'])
  expect([askedOf(wants, ANN), askedOf(wants, BEN)]).toEqual([
    ['main', 'audio'],
    ['main', 'audio'],
  ])
  feed(wants, 'main', BEN, 1_420, 5_000)
  expect(wants.check(5_000)).toMatchObject({ silent: [], isChanged: false })
  for (const atMs of [5_000, 5_500, 6_000, 6_500]) feed(wants, 'main', ANN, atMs, atMs + 490)
  expect(wants.check(7_000).isChanged).toBe(true)
  expect(askedOf(wants, BEN)).toEqual(['audio'])
})

test('[MEDIAWORKER-36] a device with too much to do asks for fewer pictures, but for what others take from it, and takes nobody for silent', () => {
  const wants = new Wants()
  wants.set([want('main', ANN, { standby: BEN }), want('screen', ANN)], 0)
  const asked = (passedOn = 0) => wants.of(ANN, () => passedOn).map(({ maxTemporal }) => maxTemporal)
  expect(asked()).toEqual([2, 2])
  wants.halve(1)
  expect(asked()).toEqual([1, 2])
  wants.halve(2)
  expect([asked(), asked(2)]).toEqual([
    [0, 1],
    [2, 2],
  ])
  wants.halve(0)
  feed(wants, 'main', ANN, 0, 3_000)
  wants.halve(2)
  expect(wants.check(3_320).silent).toEqual([])
  expect(wants.check(3_320 + 400).silent).toHaveLength(1)
})

test('[MEDIAWORKER-17] a parent whose hop is gone is silent at once', () => {
  const wants = new Wants()
  wants.set([want('main', ANN, { standby: BEN }), want('screen', ANN), want('audio', ANN, { standby: BEN })], 0)
  feed(wants, 'main', ANN, 0, 1_000)
  expect(wants.lose(ANN, 1_000).map(({ stream }) => stream.layer)).toEqual(['main', 'audio'])
  expect(askedOf(wants, BEN)).toEqual(['main', 'audio'])
  expect(wants.lose(ANN, 1_010)).toEqual([])
})

test('[MEDIAWORKER-18] the layer that another one replaces is asked until that one is seen', () => {
  const wants = new Wants()
  wants.set([want('thumb', ANN)], 0)
  expect(wants.set([want('main', ANN)], 100).dropped).toEqual([])
  expect(askedOf(wants, ANN)).toEqual(['main', 'thumb'])
  expect(wants.settle({ source: SOURCE, layer: 'main' })).toEqual([{ source: SOURCE, layer: 'thumb' }])
  expect(askedOf(wants, ANN)).toEqual(['main'])
  // Nothing replaces it: it ends at once.
  expect(wants.set([want('screen', ANN)], 200).dropped).toEqual([{ source: SOURCE, layer: 'main' }])
})

test('[MEDIAWORKER-18] what was passed on only and is shown from now on begins with what is kept', () => {
  const wants = new Wants()
  wants.set([want('thumb', ANN), want('main', ANN, { isShown: false })], 0)
  feed(wants, 'main', ANN, 0, 90)
  const { begun, dropped } = wants.set([want('main', ANN)], 100)
  expect({ begun: begun.map(({ layer }) => layer), dropped }).toEqual({ begun: ['main'], dropped: [] })
  expect(askedOf(wants, ANN)).toEqual(['main', 'thumb'])
})

test('[MEDIAWORKER-19] frames are taken from those who are asked only', () => {
  const wants = new Wants()
  wants.set([want('main', ANN, { standby: BEN })], 0)
  const entry = wants.get({ source: SOURCE, layer: 'main' })
  const takesFrom = () => entry !== undefined && [ANN, BEN, 9].map((hop) => wants.takesFrom(entry, hop))
  expect(takesFrom()).toEqual([true, false, false])
  wants.lose(ANN, 10)
  expect(takesFrom()).toEqual([true, true, false])
})

test('[MEDIAWORKER-23] a hushed stream is asked of nobody, not even until another layer is seen, and asked again afterwards', () => {
  const wants = new Wants()
  const all = [want('main', ANN), want('screen', ANN)]
  wants.set(all, 0)
  expect(wants.set(all, 10, new Set([`${SOURCE} main`])).dropped).toEqual([{ source: SOURCE, layer: 'main' }])
  expect(askedOf(wants, ANN)).toEqual(['screen'])
  wants.set(all, 20)
  expect(askedOf(wants, ANN)).toEqual(['main', 'screen'])
  wants.set([want('thumb', ANN)], 30, new Set([`${SOURCE} main`]))
  expect(askedOf(wants, ANN)).toEqual(['thumb'])
})

test('[MEDIAWORKER-26] frames that break or come again do not make a parent heard', () => {
  const wants = new Wants()
  wants.set([want('main', ANN, { standby: BEN })], 0)
  feed(wants, 'main', ANN, 0, 1_000)
  const entry = wants.get({ source: SOURCE, layer: 'main' })
  for (let atMs = 1_000; entry !== undefined && atMs < 1_400; atMs += 30) wants.arrived(entry, ANN, 500, AGAIN, atMs)
  expect(wants.check(1_400).silent.map(({ parent }) => parent)).toEqual([ANN])
})

test('[MEDIAWORKER-27] a voice that others pass on is asked of both at once, by a slot; of its source only when it must be', () => {
  const wants = new Wants()
  wants.set([want('audio', ANN, { standby: BEN, maxTemporal: 0 })], 0)
  expect([wants.of(ANN), wants.of(BEN)].map((asked) => asked.map(({ maxTemporal }) => maxTemporal))).toEqual([[BY_SLOT], [BY_SLOT]])
  wants.set([want('audio', SOURCE, { standby: BEN, maxTemporal: 0 })], 0)
  expect(wants.of(SOURCE)).toMatchObject([{ maxTemporal: 0 }])
  wants.set([want('audio', ANN, { standby: SOURCE, maxTemporal: 0 })], SUBSCRIPTION_MS)
  wants.check(3 * SUBSCRIPTION_MS)
  expect(askedOf(wants, SOURCE)).toEqual([])
})

test('[MEDIAWORKER-35] beside a parent whose frames wait in vain the standby is asked, and stays while the parent brings less; that is told once', () => {
  const wants = new Wants()
  wants.set([want('main', ANN, { standby: BEN })], 0)
  feed(wants, 'main', ANN, 0, 1_000)
  const entry = wants.get({ source: SOURCE, layer: 'main' }) as Entry
  for (let atMs = 1_000; atMs < 1_400; atMs += 30) wants.arrived(entry, ANN, atMs, WAITS, atMs)
  expect(wants.check(1_400).silent.map(({ parent }) => parent)).toEqual([ANN])
  /** Ben brings everything, Ann later what is left of it. */
  const both = (fromMs: number, toMs: number, bringsOf: (frame: number) => boolean) => {
    const told: number[] = []
    for (let atMs = fromMs, frame = 0; atMs < toMs; atMs += 50, frame++) {
      wants.arrived(entry, BEN, atMs, GOES_ON, atMs)
      if (bringsOf(frame)) wants.arrived(entry, ANN, atMs, AGAIN, atMs + 10)
      told.push(...wants.check(atMs + 20).lossy.map(() => atMs))
    }
    return told
  }
  // One that brings nothing is silent, and has its time.
  expect(both(1_400, 7_400, () => false)).toEqual([])
  expect(both(7_400, 18_000, (frame) => frame % 3 !== 0)).toEqual([11_400])
  expect(askedOf(wants, BEN)).toEqual(['main'])
  both(18_000, 22_500, () => true)
  expect([askedOf(wants, ANN), askedOf(wants, BEN)]).toEqual([['main'], []])
})

test('[FRAME-50] on a short line the full picture goes as soon as the small one is wanted', () => {
  const wants = new Wants()
  wants.set([want('main', ANN)], 0)
  wants.isLineShort = true
  expect(wants.set([want('thumb', ANN)], 100).dropped).toEqual([{ source: SOURCE, layer: 'main' }])
})
