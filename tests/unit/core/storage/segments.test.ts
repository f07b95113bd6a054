import { expect, test } from 'vitest'
import { fragmentBytesOf } from '../../../../src/core/storage/layout.ts'
import { firstSegments, piecesOf } from '../../../../src/core/storage/segments.ts'
import { PEEK_PIECE_BYTES } from '../../../../src/protocol/limits.ts'
import { idOf, MIB, shape } from './fetch-story.ts'

const KIB = 1024
const chunkOf = (k: number, bytes = MIB) => {
  const [chunk] = shape(1, { k, rows: k }).chunks
  if (chunk === undefined) throw new Error('a chunk was made')
  return { ...chunk, bytes, segments: new Uint8Array(256) }
}

test('a range begins with the segments it lies in, two at most', () => {
  expect(firstSegments(chunkOf(1), 0, 1)).toEqual({ first: 0, count: 1 })
  expect(firstSegments(chunkOf(1), 64 * KIB - 1, 2)).toEqual({ first: 0, count: 2 })
  expect(firstSegments(chunkOf(1), 200 * KIB, 64 * KIB)).toEqual({ first: 3, count: 2 })
  expect(firstSegments(chunkOf(1), 200 * KIB, 9 * MIB)).toEqual({ first: 3, count: 2 })
  expect(firstSegments(chunkOf(1), MIB - 1, 9 * MIB)).toEqual({ first: 15, count: 1 })
})

test('a chunk that is little more than those, or whose manifest names no segments, is read whole', () => {
  expect(firstSegments(chunkOf(1, 200 * KIB), 0, 128 * KIB)).toEqual({ first: 0, count: 2 })
  expect(firstSegments(chunkOf(1, 192 * KIB), 0, 128 * KIB)).toBeUndefined()
  expect(firstSegments({ ...chunkOf(1), segments: undefined }, 0, 1)).toBeUndefined()
})

test('a segment lies in one copy, in one data fragment or in two', () => {
  const sealed = 64 * KIB + 16
  const length = fragmentBytesOf(MIB, 10)
  const copy = piecesOf(chunkOf(1), 1, { first: 3, count: 2 })
  expect(new Set(copy.map(({ segment, row, id }) => `${segment} ${row} ${id}`))).toEqual(
    new Set([`3 0 ${idOf(0, 0)}`, `4 0 ${idOf(0, 0)}`]),
  )
  expect([copy[0]?.part.offset, copy.find(({ segment }) => segment === 4)?.part.offset]).toEqual([3 * sealed, 4 * sealed])
  const coded = piecesOf(chunkOf(10), 10, { first: 1, count: 1 })
  const bytesOfRow = (of: number) => coded.filter(({ row }) => row === of).reduce((sum, { part }) => sum + part.bytes, 0)
  expect([bytesOfRow(0), bytesOfRow(1)]).toEqual([length - sealed, 2 * sealed - length])
  expect(coded.find(({ row }) => row === 1)).toMatchObject({ id: idOf(0, 1), part: { offset: 0 } })
  expect(coded.every(({ part }) => part.bytes <= PEEK_PIECE_BYTES)).toBe(true)
})

test('all pieces of all segments are the sealed chunk, whatever its length and rows', () => {
  for (const k of [1, 3, 7, 16]) {
    for (const bytes of [MIB, MIB - 1, 700 * KIB + 1]) {
      const pieces = piecesOf(chunkOf(k, bytes), k, { first: 0, count: Math.ceil(bytes / (64 * KIB)) })
      const ends = pieces.map(({ row, part }) => row * fragmentBytesOf(bytes, k) + part.offset + part.bytes)
      const begins = pieces.map(({ row, part }) => row * fragmentBytesOf(bytes, k) + part.offset)
      expect(begins).toEqual([0, ...ends.slice(0, -1)])
      expect(ends.at(-1)).toBe(bytes + Math.ceil(bytes / (64 * KIB)) * 16)
    }
  }
})
