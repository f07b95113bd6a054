import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TabId } from '../../../../src/protocol/ids.ts'
import { EMPTY_SEATING, type Present, type Seating, seat } from '../../../../src/ui/call/seating.ts'

/** Letters are people, capitals those who speak, M is me. */
const people = (text: string): readonly Present[] =>
  [...text].map((letter) => ({
    tab: letter.toLowerCase() as TabId,
    isMe: letter.toLowerCase() === 'm',
    isSpeaking: letter !== letter.toLowerCase(),
  }))

/** Who sits where after each scene, the seats in sight before the bar. */
function seatings(scenes: readonly string[], places = 4): readonly string[] {
  const told: string[] = []
  let seating = EMPTY_SEATING
  for (const scene of scenes) {
    seating = seat(seating, people(scene), places, false)
    told.push(`${seating.order.slice(0, places).join('')}|${seating.order.slice(places).join('')}`)
  }
  return told
}

test('[UI-43] who speaks out of sight changes places with the one silent longest, and nobody else moves', () => {
  expect(seatings(['mabcdef', 'mabcdeF', 'mabcdef', 'mabcDef', 'mabcdEf'])).toEqual([
    'mabc|def',
    'mabf|dec', // Nobody had spoken: the last in sight gives way.
    'mabf|dec',
    'madf|bec',
    'medf|bac', // F and D spoke, A never did.
  ])
})

test('[UI-43] who speaks in sight stays where they are, and I always do', () => {
  expect(seatings(['mabcd', 'mAbcd', 'mabCd', 'mabcD', 'Mabcd'])).toEqual(['mabc|d', 'mabc|d', 'mabc|d', 'madc|b', 'madc|b'])
})

test('[UI-43] where I hide from myself, everybody else may change places', () => {
  expect(seatings(['abcd', 'abcD'], 3)).toEqual(['abc|d', 'abd|c'])
  expect(seatings(['abc', 'abC'], 1)).toEqual(['a|bc', 'c|ba'])
})

test('[UI-43] nobody who speaks has to give way to another', () => {
  expect(seatings(['mABCd', 'mABCD', 'mABcD'])).toEqual(['mabc|d', 'mabc|d', 'mabd|c'])
})

test('[UI-43] a place left goes to the one who spoke last among those out of sight; who comes stands behind', () => {
  expect(seatings(['mabcde', 'mabcdE', 'mabCde', 'maBcde', 'mAbcde', 'mabcde', 'mabcd', 'macd', 'macdx'], 3)).toEqual([
    'mab|cde',
    'mae|cdb',
    'mce|adb', // C takes the place of A, who never spoke.
    'mcb|ade',
    'mab|cde',
    'mab|cde',
    'mab|cd',
    'mac|d', // B leaves; C spoke, D did not.
    'mac|dx',
  ])
})

test('[UI-43] while other pages are looked at nobody changes places, and afterwards who spoke is in sight', () => {
  const first = seat(EMPTY_SEATING, people('mabcd'), 3, false)
  const held = seat(first, people('mabcD'), 3, true)
  expect(held.order.join('')).toBe('mabcd')
  expect(seat(held, people('mabcd'), 3, false).order.join('')).toBe('madcb')
})

test('[UI-43] whatever happens, everybody has one seat, and seating the same people again moves nobody', () => {
  const scene = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.boolean()), { selector: ([id]) => id, maxLength: 34 })
  fc.assert(
    fc.property(fc.array(fc.tuple(scene, fc.integer({ min: 2, max: 12 }), fc.boolean()), { maxLength: 12 }), (scenes) => {
      let seating: Seating = EMPTY_SEATING
      for (const [ids, places, isHeld] of scenes) {
        const present = [[0, false] as const, ...ids].map(([id, isSpeaking]) => ({ tab: String(id) as TabId, isMe: id === 0, isSpeaking }))
        seating = seat(seating, present, places, isHeld)
        expect(seating.order.toSorted()).toEqual(present.map(({ tab }) => tab).toSorted())
        expect(seating.order[0]).toBe('0')
        expect(seat(seating, present, places, isHeld)).toEqual(seating)
      }
    }),
    { seed: 43, numRuns: 300 },
  )
})
