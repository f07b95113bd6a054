import { expect, test } from 'vitest'
import type { Bound } from '../../../../src/core/storage/plan-facts.ts'
import { remedyInWords, warningsInWords } from '../../../../src/core/storage/plan-words.ts'
import { device, devices, MIB, object, plan } from './planner-fixtures.ts'

const target = (value: number) => ({ kind: 'nines', target: value }) as const

test('[PLAN-15] what the room can reach, and what one device that stays on would make of it', () => {
  const room = devices(7, { availability: 0.15 })
  const { bound } = plan(object({ profile: target(0.95) }), room)
  // Five readers in six come by day, when a quarter more are here than usual, one at night, when half as many are.
  const none = (5 / 6) * (1 - 0.15 * 1.25) ** 7 + (1 / 6) * (1 - 0.15 / 2) ** 7
  expect(bound).toEqual({
    availability: expect.closeTo(1 - none, 9),
    remedy: { kind: 'invite-keeper', devices: 1, availability: expect.closeTo(1 - none * 0.15, 9) },
  })
  expect(remedyInWords(bound as Bound)).toBe('Invite one device that is on most of the day: 70 % becomes 95.6 %.')
})

test('[PLAN-15] as many devices as it takes, and no more', () => {
  const { bound } = plan(object({ profile: target(0.999) }), devices(7, { availability: 0.15 }))
  expect(bound?.remedy).toMatchObject({ kind: 'invite-keeper', devices: 3 })
})

test('[PLAN-15] room on the devices there are, if that is all it takes', () => {
  const room = [device('d0', { availability: 0.5 }), ...devices(9, { freeBytes: 10 * MIB }).slice(1)]
  const { bound } = plan(object({ profile: target(0.999) }), room)
  expect(bound?.remedy.kind).toBe('more-room')
  expect(remedyInWords(bound as Bound)).toMatch(/^Let devices keep 7\d\d MB more for this room\.$/)
})

test('[PLAN-15] no bound where the target is reached', () => {
  expect(plan(object({ profile: target(0.999) }), devices(4)).bound).toBeUndefined()
})

test('[PLAN-3] warnings are sentences', () => {
  for (const sentence of warningsInWords([
    'fewer-than-three-devices',
    'one-network',
    'two-networks',
    'no-near-copy',
    'below-floor-by-wish',
    'not-enough-room',
  ]))
    expect(sentence).toMatch(/^[A-Z].+\.$/)
})
