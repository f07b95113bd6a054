/** Chance from a seed: sfc32, small and fast, equal on every machine. Not for secrets. */
export type Random = {
  /** In [0, 1). */
  next(): number
  /** A whole number from 0 to `count` - 1. */
  below(count: number): number
  /** A whole number between both, inclusive. */
  between(min: number, max: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  shuffled<T>(items: readonly T[]): T[]
  bytes(count: number): Uint8Array<ArrayBuffer>
}

export function seededRandom(seed: number): Random {
  let a = 0x9e3779b9
  let b = 0x243f6a88
  let c = seed >>> 0
  let counter = Math.floor(seed / 2 ** 32) >>> 0
  const bits = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let n = 0; n < 15; n++) bits()

  const next = () => bits() / 2 ** 32
  const below = (count: number) => Math.floor(next() * count)
  return {
    next,
    below,
    between: (min, max) => min + below(max - min + 1),
    chance: (probability) => next() < probability,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    shuffled(items) {
      const mixed = [...items]
      for (let n = mixed.length - 1; n > 0; n--) {
        const other = below(n + 1)
        const held = mixed[n] as (typeof mixed)[number]
        mixed[n] = mixed[other] as (typeof mixed)[number]
        mixed[other] = held
      }
      return mixed
    },
    bytes(count) {
      const bytes = new Uint8Array(count)
      for (let n = 0; n < count; n++) bytes[n] = bits() & 255
      return bytes
    },
  }
}
