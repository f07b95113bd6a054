import { expect, test } from 'vitest'
import { chooseLoudest, hearLevel, type Loudness } from '../../../../../src/core/call/frames/choose-loudest.ts'
import { LOUDEST } from '../../../../../src/protocol/limits.ts'
import type { MediaId } from '../../../../../src/protocol/media.ts'

/** Everybody's voice each 20 ms, as the choice each 100 ms goes; who was chosen after each. */
function chosenDuring(seconds: number, voices: Record<MediaId, (ms: number) => number>): (readonly MediaId[])[] {
  const levels = new Map<MediaId, Loudness>()
  let chosen: readonly MediaId[] = []
  const all: (readonly MediaId[])[] = []
  for (let nowMs = 0; nowMs < seconds * 1000; nowMs += 20) {
    for (const [id, level] of Object.entries(voices)) levels.set(Number(id), hearLevel(levels.get(Number(id)), level(nowMs), nowMs))
    if (nowMs % 100 !== 0) continue
    chosen = chooseLoudest(chosen, levels, LOUDEST, nowMs)
    all.push(chosen)
  }
  return all
}

const changesIn = (all: readonly (readonly MediaId[])[]) => all.filter((each, at) => at > 0 && each.join() !== all[at - 1]?.join()).length

/** Words of 600 ms with pauses of 400 ms. */
const talk =
  (level: number, shiftMs = 0) =>
  (ms: number) =>
    (ms + shiftMs) % 600 < 400 ? level : 0.001
const HUSH = () => 0.001

test('[FRAME-18] the loudest are chosen, and nobody who is silent while there is no need', () => {
  const all = chosenDuring(3, { 1: HUSH, 2: talk(0.1), 3: talk(0.2), 4: HUSH })
  expect(all.at(-1)?.toSorted()).toEqual([2, 3])
  expect(
    chosenDuring(3, { 1: talk(0.02), 2: talk(0.1), 3: talk(0.2), 4: talk(0.3) })
      .at(-1)
      ?.toSorted(),
  ).toEqual([2, 3, 4])
})

test('[FRAME-18] people who talk at once, about as loud, do not take turns', () => {
  const voices = { 1: talk(0.1), 2: talk(0.12, 100), 3: talk(0.11, 250), 4: talk(0.13, 350), 5: talk(0.12, 500) }
  expect(changesIn(chosenDuring(20, voices).slice(5))).toBe(0)
})

test('[FRAME-18] who begins to talk is heard at once when another is silent, and one that stopped is soon let go', () => {
  const until = (ms: number, level: number) => (now: number) => (now < ms ? talk(level)(now) : 0.001)
  const from = (ms: number, level: number) => (now: number) => (now >= ms ? talk(level)(now - ms) : 0.001)
  const all = chosenDuring(8, { 1: talk(0.1), 2: talk(0.1), 3: until(3_600, 0.1), 4: from(4_000, 0.1) })
  expect(all[40]?.toSorted()).toEqual([1, 2, 3])
  expect(all.findIndex((each) => each.includes(4))).toBeLessThanOrEqual(47)
  expect(all.at(-1)?.toSorted()).toEqual([1, 2, 4])
})

test('[FRAME-18] a clearly louder voice takes the place of the quietest', () => {
  const shout = (ms: number) => (ms >= 2_000 ? talk(0.6)(ms) : 0.001)
  const all = chosenDuring(4, { 1: talk(0.1), 2: talk(0.08), 3: talk(0.1), 4: shout })
  expect(all.at(-1)?.toSorted()).toEqual([1, 3, 4])
  expect(changesIn(all.slice(19))).toBe(1)
})

test('[FRAME-18] who is gone, or has said nothing for long, makes room; who paused stays', () => {
  const heard = new Map([[2, { level: 0.1, atMs: 0 }]])
  expect(chooseLoudest([1, 2], heard, LOUDEST, 400)).toEqual([2])
  const others = (atMs: number) => new Map([...heard, [5, { level: 0.1, atMs }]] as const)
  expect(chooseLoudest([2], others(600), 1, 600)).toEqual([2])
  expect(chooseLoudest([2], others(900), 1, 900)).toEqual([5])
})
