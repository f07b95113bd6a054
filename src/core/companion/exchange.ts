/**
 * How two devices find out that they have the same code, without telling it to anybody who has not.
 *
 * Whoever types a code does not know which tab shows it, and has to ask all of them; any of them may be a stranger's. Sent as it is,
 * or as a digest, the code would be the stranger's too: a million digests take a second. Telling only tabs that say they offer one is
 * no help, for a stranger says so as well. So the code never leaves either device. Both make the base of a Diffie-Hellman
 * exchange out of it, as CPace does (draft-irtf-cfrg-cpace), and prove with the secret that comes out that theirs was the same base.
 * Whoever takes part in one exchange has had one guess, and nothing they heard tells whether another would have been right. The one
 * who shows the code counts exchanges, not proofs (core/companion/offer.ts).
 *
 * The base is bound to both device ids, which the link has proved, so an exchange cannot be passed on to a third; the proofs
 * are of different kinds, so none can be sent back to its maker. The group is that of RFC 3526 with 2,048 bits: its squares have prime
 * order, and plain whole numbers are enough to count in it, where elliptic curves would be a library of 10 kB. Exponents are used
 * once, so the time a power takes tells nothing of any other.
 */
import type { Bytes } from '../../protocol/bytes.ts'
import { PAIR_SHARE_BYTES } from '../../protocol/limits.ts'

/** RFC 3526, section 3: a prime of which half, less one half, is prime too. */
const PRIME = BigInt(
  '0xffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff',
)

/** Twice the strength that a group of this size has. */
export const EXPONENT_BYTES = 32
/** Longer than the prime by so much that what it is reduced to is as good as even. */
export const SEED_BYTES = PAIR_SHARE_BYTES + 16

/** `seed`: drawn out of code and ids by a hash. Squares have prime order. */
export function shareOf(seed: Bytes, exponent: Bytes): Bytes {
  const base = toNumber(seed) % PRIME
  return toBytes(power((base * base) % PRIME, toNumber(exponent)))
}

/** Undefined: that is no share of an honest device; it would give a secret that anybody knows. */
export function secretOf(share: Bytes, exponent: Bytes): Bytes | undefined {
  const theirs = toNumber(share)
  if (theirs <= 1n || theirs >= PRIME - 1n) return undefined
  // Squared, so that nothing outside the group of prime order is left of it.
  return toBytes(power((theirs * theirs) % PRIME, toNumber(exponent)))
}

/** In the time it takes whatever they are. */
export function areSame(one: Bytes, other: Bytes): boolean {
  if (one.length !== other.length) return false
  return one.reduce((difference, byte, at) => difference | (byte ^ (other[at] as number)), 0) === 0
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let square = base
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % PRIME
    square = (square * square) % PRIME
  }
  return result
}

function toNumber(bytes: Bytes): bigint {
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`)
}

function toBytes(value: bigint): Bytes {
  const hex = value.toString(16).padStart(PAIR_SHARE_BYTES * 2, '0')
  return Uint8Array.from({ length: PAIR_SHARE_BYTES }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16))
}
