import { expect, test } from 'vitest'
import { doorLine } from '../../../../src/ui/format/door-line.ts'

test('[UI-56] what the door does is said before one presses, unless one comes in anyway', () => {
  const open = { mayModerate: false, locked: false, lobby: false }
  expect(
    [open, { ...open, lobby: true }, { ...open, lobby: true, locked: true }, { mayModerate: true, lobby: true, locked: true }].map(
      doorLine,
    ),
  ).toEqual(['', 'You knock first, and somebody lets you in.', 'The call is locked: nobody new comes in now.', ''])
})
