import { expect, test } from 'vitest'
import { newSubRoom, spreadEvenly } from '../../../../src/ui/meeting/side-rooms.ts'

test('[UI-63] a side room without a name gets the next free number', () => {
  const one = newSubRoom(' ', [])
  const two = newSubRoom(' Beds ', [one])
  expect([one, two]).toEqual([
    { id: 'side-1', name: 'Side room 1' },
    { id: 'side-2', name: 'Beds' },
  ])
  expect(newSubRoom('', [two])).toEqual(one)
})

test('[UI-63] people are spread so that no room has two more than another, and empty rooms are not spoken of', () => {
  const rooms = [newSubRoom('a', []), { id: 'b', name: 'b' }]
  expect(spreadEvenly([1, 2, 3], rooms)).toEqual([
    { room: 'side-1', people: [1, 3] },
    { room: 'b', people: [2] },
  ])
  expect([spreadEvenly([1], rooms), spreadEvenly([1], [])]).toEqual([[{ room: 'side-1', people: [1] }], []])
})
