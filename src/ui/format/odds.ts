/** Probabilities in words. They are never rounded up: who reads 99.9 % gets at least that. */
const PPM = 1_000_000

/** With a space that keeps number and sign on one line. As many digits as there are nines and one more: 0.9973 is "99.7 %", 0.99951 "99.95 %". */
export function formatOdds(odds: number): string {
  // The small addition keeps 0.999 from becoming 0.998999.
  const ppm = Math.floor(odds * PPM + 1e-6)
  if (ppm >= PPM) return 'over 99.9999\u00a0%'
  const digits = String(Math.max(0, ppm)).padStart(6, '0')
  const nines = /^9*/.exec(digits)?.[0].length ?? 0
  const shown = digits.slice(0, Math.max(2, nines + 1))
  return `${Number(`${shown.slice(0, 2)}.${shown.slice(2) || '0'}`)}\u00a0%`
}

/** "once in 1,000": how seldom the other thing happens; to one digit, rounded to the likelier side. */
export function oneIn(odds: number): string {
  const times = Math.min(PPM, 1 / Math.max(1 - odds, 1 / PPM))
  if (times < 1.5) return 'most times'
  const step = 10 ** Math.floor(Math.log10(times * 1.000001))
  return `once in ${(Math.floor((times * 1.000001) / step) * step).toLocaleString('en')}`
}

/** A seal is a few bytes in ten thousand: four copies are 4 ×, not 4.1. */
const SEAL = 0.01

/** Bytes on all devices over the bytes of the file: "2.1 ×". Rounded up, but for the seals: nobody is charged more than was said. */
export function formatTimes(overhead: number): string {
  return `${Math.ceil((overhead - SEAL) * 10) / 10}\u00a0×`
}
