import { encode } from 'uqr'
import { expect, test } from 'vitest'
import { qrPath } from '../../../../src/ui/share/qr-path.ts'

const LINK = `https://asterism.example/#/r/${'A'.repeat(22)}.${'b'.repeat(43)}`

/** The squares a path of bars covers. */
function paint(d: string, size: number): boolean[][] {
  const squares = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  for (const [, x, y, width] of d.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let i = 0; i < Number(width); i++) (squares[Number(y)] ?? [])[Number(x) + i] = true
  }
  return squares
}

test('[UI-23] the picture is the code of the whole link, square by square', () => {
  const { size, d } = qrPath(LINK)
  expect(paint(d, size)).toEqual(encode(LINK, { ecc: 'M', border: 3 }).data)
})
