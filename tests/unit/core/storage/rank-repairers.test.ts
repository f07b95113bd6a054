import { expect, test } from 'vitest'
import { repairRank } from '../../../../src/core/storage/rank-repairers.ts'
import type { DeviceId } from '../../../../src/protocol/ids.ts'
import type { ObjectId } from '../../../../src/protocol/object.ts'

const here = Array.from({ length: 8 }, (_, n) => `device ${n}` as DeviceId)
const objects = Array.from({ length: 800 }, (_, n) => `object ${n}` as ObjectId)

test('[PLAN-19] everybody has a turn of his own, whoever works it out', () => {
  for (const object of objects.slice(0, 50)) {
    const ranks = here.map((self) => repairRank(object, here.toReversed(), self))
    expect(ranks.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  }
})

test('[PLAN-19] objects are dealt out: nobody is first for more than twice his share', () => {
  for (const self of here) {
    const first = objects.filter((object) => repairRank(object, here, self) === 0).length
    expect(first).toBeGreaterThan(50)
    expect(first).toBeLessThan(200)
  }
})

test('[PLAN-19] when the first leaves the next moves up', () => {
  const [object] = objects as [ObjectId]
  const order = here.toSorted((a, b) => repairRank(object, here, a) - repairRank(object, here, b))
  expect(order.slice(1).map((self) => repairRank(object, order.slice(1), self))).toEqual([0, 1, 2, 3, 4, 5, 6])
})
