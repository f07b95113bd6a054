/**
 * Reed-Solomon over GF(2^8) with the polynomial 0x11D. Row r of a byte position is the value at r of the polynomial of
 * degree < k that goes through the data rows 0..k-1: any k rows make any other row, and encoding is the same sum as
 * reconstructing. The caller writes row numbers and fragments into memory at the addresses exported here.
 */

/** Logarithms and powers of 2; powers go round twice, so that a sum of two logarithms needs no remainder. */
const LOG: usize = 0
const EXP: usize = 256

/** Numbers of the rows that are given and of those that are wanted, one byte each. */
export const SOURCE_ROWS: usize = 768
export const WANTED_ROWS: usize = 800

/** Per coefficient the products of the low and of the high half of a byte, 16 each, in the order the loops read them. */
const TABLES: usize = 1024

/** Fragments: those given, end to end at `stride`, then those made. */
export const FRAGMENTS: usize = 65536

/** Bytes of one step over all fragments; `stride` is a multiple. */
export const STEP: usize = 32

let power: u32 = 1
for (let i: usize = 0; i < 255; i++) {
  store<u8>(EXP + i, power as u8)
  store<u8>(EXP + i + 255, power as u8)
  store<u8>(LOG + (power as usize), i as u8)
  power <<= 1
  if (power & 0x100) power ^= 0x11d
}

function multiply(a: u32, b: u32): u32 {
  if (a == 0 || b == 0) return 0
  return load<u8>(EXP + load<u8>(LOG + (a as usize)) + load<u8>(LOG + (b as usize)))
}

/** Lagrange's coefficient: how much of the source row at `index` is in the row `wanted`. Subtraction is XOR. */
function coefficient(sources: i32, index: i32, wanted: u32): u32 {
  const row: u32 = load<u8>(SOURCE_ROWS + index)
  let log: u32 = 0
  for (let i = 0; i < sources; i++) {
    if (i == index) continue
    const other: u32 = load<u8>(SOURCE_ROWS + i)
    if (wanted == other) return 0
    log += (load<u8>(LOG + ((wanted ^ other) as usize)) as u32) + 255 - load<u8>(LOG + ((row ^ other) as usize))
  }
  return load<u8>(EXP + ((log % 255) as usize))
}

/** Prepares the tables for these rows: all of `SOURCE_ROWS` and `WANTED_ROWS` up to the counts given, each row once. */
export function plan(sources: i32, wanted: i32): void {
  let table = TABLES
  for (let first = 0; first < wanted; first += 4) {
    for (let source = 0; source < sources; source++) {
      for (let i = first; i < first + 4; i++) {
        const factor: u32 = i < wanted ? coefficient(sources, source, load<u8>(WANTED_ROWS + i)) : 0
        for (let half: u32 = 0; half < 16; half++) {
          store<u8>(table + half, multiply(factor, half) as u8)
          store<u8>(table + half + 16, multiply(factor, half << 4) as u8)
        }
        table += 32
      }
    }
  }
}

/** Makes the planned rows of what lies in `FRAGMENTS`. `wanted` is filled up to a multiple of four with rows of zeros. */
export function combine(sources: i32, wanted: i32, stride: usize): void {
  let table = TABLES
  let target = FRAGMENTS + (sources as usize) * stride
  for (let first = 0; first < wanted; first += 4) {
    for (let at: usize = 0; at < stride; at += STEP) makeFour(sources, table, FRAGMENTS + at, target + at, stride)
    table += (sources as usize) * 128
    target += 4 * stride
  }
}

/** One step of four rows at once: each byte given is read once for all four. */
function makeFour(sources: i32, table: usize, source: usize, target: usize, stride: usize): void {
  if (ASC_FEATURE_SIMD) {
    const low = i8x16.splat(15)
    let a = i64x2.splat(0)
    let b = a
    let c = a
    let d = a
    let e = a
    let f = a
    let g = a
    let h = a
    for (let i = 0; i < sources; i++) {
      const first = v128.load(source)
      const second = v128.load(source, 16)
      const firstLow = v128.and(first, low)
      const firstHigh = v128.and(i16x8.shr_u(first, 4), low)
      const secondLow = v128.and(second, low)
      const secondHigh = v128.and(i16x8.shr_u(second, 4), low)
      a = v128.xor(a, product(table, firstLow, firstHigh))
      e = v128.xor(e, product(table, secondLow, secondHigh))
      b = v128.xor(b, product(table + 32, firstLow, firstHigh))
      f = v128.xor(f, product(table + 32, secondLow, secondHigh))
      c = v128.xor(c, product(table + 64, firstLow, firstHigh))
      g = v128.xor(g, product(table + 64, secondLow, secondHigh))
      d = v128.xor(d, product(table + 96, firstLow, firstHigh))
      h = v128.xor(h, product(table + 96, secondLow, secondHigh))
      source += stride
      table += 128
    }
    v128.store(target, a)
    v128.store(target, e, 16)
    v128.store(target + stride, b)
    v128.store(target + stride, f, 16)
    v128.store(target + 2 * stride, c)
    v128.store(target + 2 * stride, g, 16)
    v128.store(target + 3 * stride, d)
    v128.store(target + 3 * stride, h, 16)
  } else {
    for (let n: usize = 0; n < STEP; n++) {
      let a: u32 = 0
      let b: u32 = 0
      let c: u32 = 0
      let d: u32 = 0
      let from = source + n
      let halves = table
      for (let i = 0; i < sources; i++) {
        const byte: u32 = load<u8>(from)
        const first = halves + ((byte & 15) as usize)
        const second = halves + 16 + ((byte >> 4) as usize)
        a ^= load<u8>(first) ^ load<u8>(second)
        b ^= load<u8>(first, 32) ^ load<u8>(second, 32)
        c ^= load<u8>(first, 64) ^ load<u8>(second, 64)
        d ^= load<u8>(first, 96) ^ load<u8>(second, 96)
        from += stride
        halves += 128
      }
      store<u8>(target + n, a as u8)
      store<u8>(target + stride + n, b as u8)
      store<u8>(target + 2 * stride + n, c as u8)
      store<u8>(target + 3 * stride + n, d as u8)
    }
  }
}

/** The products of 16 bytes with one factor. Indices are 0..15, where relaxed and exact swizzle agree. */
function product(table: usize, lows: v128, highs: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    return v128.xor(i8x16.relaxed_swizzle(v128.load(table), lows), i8x16.relaxed_swizzle(v128.load(table, 16), highs))
  }
  return v128.xor(i8x16.swizzle(v128.load(table), lows), i8x16.swizzle(v128.load(table, 16), highs))
}
