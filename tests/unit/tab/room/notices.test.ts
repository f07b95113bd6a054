import { expect, test } from 'vitest'
import { noticeBoard } from '../../../../src/tab/room/notices.ts'

test('[REACH-22] a notice that is so no more is taken back, and the others stay', () => {
  let changes = 0
  const board = noticeBoard(() => changes++)
  board.post('tab-unreached', 1)
  board.post('quota-exceeded', 2)
  board.withdraw('tab-unreached')
  expect(board.all().map(({ code }) => code)).toEqual(['quota-exceeded'])
  expect(changes).toBe(3)
  // Nothing was told: nobody is told of it.
  board.withdraw('tab-unreached')
  expect(changes).toBe(3)
})
