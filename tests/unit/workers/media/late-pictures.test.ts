import { expect, test } from 'vitest'
import { LatePictures } from '../../../../workers/media/late-pictures.ts'

const ANN = { source: 1, layer: 'thumb' } as const
const BEN = { source: 2, layer: 'thumb' } as const

test('[FRAME-43] a picture is late against the quickest of its stream lately, whatever the clocks of the two devices say', () => {
  const pictures = new LatePictures()
  for (let n = 0; n < 10; n++) {
    pictures.shown(ANN, -90_000 + 10 * n, 100 * n)
    pictures.shown(BEN, 90_000 + (n < 5 ? 0 : 400), 100 * n)
  }
  expect(pictures.take()).toEqual({ shown: 20, late: 5, lateMs: 400 })
  expect(pictures.take()).toEqual({ shown: 0, late: 0, lateMs: 0 })
})

test('[FRAME-43] a way that is longer for good, or of clocks that drift, is the way after a minute; a stream that begins anew is measured anew', () => {
  const pictures = new LatePictures()
  for (let second = 0; second < 120; second++) pictures.shown(ANN, second < 10 ? 20 : 500, 1_000 * second)
  expect(pictures.take().late).toBeLessThan(65)
  pictures.shown(ANN, 500, 121_000)
  expect(pictures.take().late).toBe(0)
  pictures.drop(ANN)
  pictures.shown(ANN, 5_000, 122_000)
  expect(pictures.take().late).toBe(0)
})
