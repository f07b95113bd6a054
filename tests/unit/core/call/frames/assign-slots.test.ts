import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignSlots, type SlotsOf } from '../../../../../src/core/call/frames/assign-slots.ts'
import type { Loudness } from '../../../../../src/core/call/frames/choose-loudest.ts'

const FREE: SlotsOf<string> = [undefined, undefined, undefined]
const heard = (levels: Record<string, number>, atMs = 0): Map<string, Loudness> =>
  new Map(Object.entries(levels).map(([voice, level]) => [voice, { level, atMs }]))

test('[FRAME-36] while there are slots for all, each voice has one, silent or not, and keeps it', () => {
  const first = assignSlots(FREE, heard({ ann: 0 }), 0)
  expect(first).toEqual(['ann', undefined, undefined])
  const second = assignSlots(first, heard({ ben: 0.3, ann: 0 }), 20)
  expect(second).toEqual(['ann', 'ben', undefined])
  expect(assignSlots(second, heard({ ben: 0.3 }), 40)).toEqual([undefined, 'ben', undefined])
})

test('[FRAME-36] the loudest have the slots, and none of them moves when another comes', () => {
  const three = assignSlots(FREE, heard({ ann: 0.1, ben: 0.1, cleo: 0 }), 0)
  const four = assignSlots(three, heard({ dan: 0.2, ann: 0.1, ben: 0.1, cleo: 0 }), 0)
  expect(four).toEqual(['ann', 'ben', 'dan'])
  // As loud as they are: they go on.
  expect(assignSlots(four, heard({ eve: 0.2, dan: 0.2, ann: 0.1, ben: 0.1 }), 0)).toEqual(four)
})

test('[FRAME-36] whatever is heard: no voice twice, none that is not asked for, no free slot while one waits, and nobody moves', () => {
  const anyLevels = fc.dictionary(fc.constantFrom('ann', 'ben', 'cleo', 'dan', 'eve'), fc.double({ min: 0, max: 1, noNaN: true }))
  fc.assert(
    fc.property(fc.array(anyLevels, { minLength: 1, maxLength: 20 }), (story) => {
      let slots = FREE
      for (const [step, levels] of story.entries()) {
        const before = slots
        slots = assignSlots(before, heard(levels, 20 * step), 20 * step)
        const taken = slots.filter((voice) => voice !== undefined)
        expect(new Set(taken).size).toBe(taken.length)
        expect(taken.every((voice) => voice in levels)).toBe(true)
        expect(taken.length).toBe(Math.min(3, Object.keys(levels).length))
        for (const [at, voice] of before.entries()) if (voice !== undefined && slots.includes(voice)) expect(slots[at]).toBe(voice)
      }
    }),
  )
})
