/**
 * The same code the long way, as published: Vandermonde's matrix, made systematic by the inverse of its top, and for
 * what is lost the inverse of the rows that are left. Multiplication goes bit by bit. Nothing is shared with the kernel.
 */
export type Matrix = readonly (readonly number[])[]

export function multiply(a: number, b: number): number {
  let product = 0
  for (let bit = 0; bit < 8; bit++) {
    if ((b >> bit) & 1) product ^= a << bit
  }
  for (let bit = 14; bit >= 8; bit--) {
    if ((product >> bit) & 1) product ^= 0x11d << (bit - 8)
  }
  return product
}

export function power(base: number, exponent: number): number {
  let result = 1
  for (let i = 0; i < exponent; i++) result = multiply(result, base)
  return result
}

/** Gauss and Jordan, with the identity at the right. */
export function invert(matrix: Matrix): Matrix {
  const size = matrix.length
  const work = matrix.map((row, r) => [...row, ...identity(size, r)])
  for (let column = 0; column < size; column++) {
    const pivot = work.findIndex((row, r) => r >= column && row[column] !== 0)
    if (pivot < 0) throw new Error('the matrix has no inverse')
    const [top, found] = [work[column] as number[], work[pivot] as number[]]
    const inverse = power(found[column] as number, 254)
    work[pivot] = top
    work[column] = found.map((value) => multiply(value, inverse))
    for (let r = 0; r < size; r++) {
      const factor = work[r]?.[column] as number
      if (r !== column) work[r] = (work[r] as number[]).map((value, c) => value ^ multiply(factor, work[column]?.[c] as number))
    }
  }
  return work.map((row) => row.slice(size))
}

export function times(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => (b[0] ?? []).map((_, c) => row.reduce((sum, value, i) => sum ^ multiply(value, b[i]?.[c] as number), 0)))
}

export function codeMatrix(k: number, rows: number): Matrix {
  const vandermonde = Array.from({ length: rows }, (_, r) => Array.from({ length: k }, (_, c) => power(r, c)))
  return times(vandermonde, invert(vandermonde.slice(0, k)))
}

/** All rows from the k in `present`. */
export function plainRows(k: number, rows: number, present: ReadonlyMap<number, Uint8Array>): Uint8Array[] {
  const matrix = codeMatrix(k, rows)
  const given = [...present].slice(0, k)
  const toData = invert(given.map(([row]) => matrix[row] as readonly number[]))
  return times(
    times(matrix, toData),
    given.map(([, bytes]) => [...bytes]),
  ).map((row) => Uint8Array.from(row))
}

function identity(size: number, row: number): number[] {
  return Array.from({ length: size }, (_, c) => (c === row ? 1 : 0))
}
