import { expect, test } from 'vitest'
import { type FileId, toFileId } from '../../../../src/protocol/ids.ts'
import { byAge, merged, reordered } from '../../../../src/tab/storage/file-order.ts'

const file = (n: number, addedAtMs = n) => ({ id: toFileId(new Uint8Array(16).fill(n)), addedAtMs })
const files = (...numbers: number[]) => numbers.map((n) => file(n))

test('[STORAGE-25] files that come, change and go leave the list in the order of their age', () => {
  const there = new Map(files(2, 3, 4, 7, 9).map((one) => [one.id, one]))
  const touched = new Set<FileId>(files(1, 3, 4, 7).map(({ id }) => id))
  expect(reordered(files(1, 2, 3, 9), touched, (id) => there.get(id))).toEqual(files(2, 3, 4, 7, 9))
})

test('[STORAGE-25] an order that nothing happened to is the same one', () => {
  const order = files(1, 2)
  expect(reordered(order, new Set(), () => undefined)).toBe(order)
})

test('[STORAGE-25] files of one moment stand by their ids, from whichever list they come', () => {
  const together = [5, 1, 4, 2, 3].map((n) => file(n, 7)).sort(byAge)
  const [odd, even] = [together.filter((_, i) => i % 2 === 1), together.filter((_, i) => i % 2 === 0)]
  expect([merged(odd, even), merged(even, odd), merged([], odd)]).toEqual([together, together, odd])
})
