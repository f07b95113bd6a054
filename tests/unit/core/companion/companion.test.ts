import { expect, test } from 'vitest'
import { codeFrom, readCode } from '../../../../src/core/companion/code.ts'
import { areSame, EXPONENT_BYTES, SEED_BYTES, secretOf, shareOf } from '../../../../src/core/companion/exchange.ts'
import { becomesSilent, isPartedBy, obey } from '../../../../src/core/companion/obey.ts'
import { answerOnce, type Offer, offerOf } from '../../../../src/core/companion/offer.ts'
import type { Bytes } from '../../../../src/protocol/bytes.ts'
import { SHARED_LAYOUTS } from '../../../../src/protocol/control.ts'
import type { DeviceId } from '../../../../src/protocol/ids.ts'
import { PAIR_MS, PAIR_SHARE_BYTES, PAIR_TRIES, PAIR_TRIES_OF_ALL } from '../../../../src/protocol/limits.ts'
import type { Steering } from '../../../../src/protocol/side-talk.ts'

const [ANN, BEN] = ['ann', 'ben'] as [DeviceId, DeviceId]
const NOW = 1_000

function bytes(first: number, length: number): Bytes {
  return Uint8Array.from({ length }, (_, at) => (first * 31 + at * 7 + 1) % 256)
}

test('[COMPANION-1] codes are six digits, each as likely as any other', () => {
  const draw = (drawn: number) => {
    const random = new Uint8Array(4)
    new DataView(random.buffer).setUint32(0, drawn)
    return codeFrom(random)
  }
  expect([0, 42, 999_999, 1_000_000].map(draw)).toEqual(['000000', '000042', '999999', '000000'])
  // Each code is drawn by 4,294 numbers; the rest of 2^32 by none.
  expect([4_293_999_999, 4_294_000_000, 2 ** 32 - 1].map(draw)).toEqual(['999999', undefined, undefined])
  expect(['123456', ' 123 456', '123-456', '12345', '1234567', '12345x', ''].map(readCode)).toEqual([
    ...Array(3).fill('123456'),
    ...Array(4).fill(undefined),
  ])
})

test('[COMPANION-1] codes hold for minutes', () => {
  const offer = offerOf('123456', NOW)
  expect(answerOnce(offer, ANN, NOW + PAIR_MS - 1)).toBeDefined()
  expect(answerOnce(offer, ANN, NOW + PAIR_MS)).toBeUndefined()
  expect(answerOnce(undefined, ANN, NOW)).toBeUndefined()
})

test('[COMPANION-2] who had three answers and proved nothing is not answered any more, and all together not much oftener', () => {
  const answers = (by: readonly DeviceId[]) => {
    let offer: Offer = offerOf('123456', NOW)
    return by.filter((one) => {
      const next = answerOnce(offer, one, NOW)
      offer = next ?? offer
      return next !== undefined
    }).length
  }
  expect(answers([ANN, ANN, ANN, ANN, ANN])).toBe(PAIR_TRIES)
  expect(answers([ANN, ANN, ANN, ANN, BEN])).toBe(PAIR_TRIES + 1)
  expect(answers(Array.from({ length: 500 }, (_, n) => `device ${n}` as DeviceId))).toBe(PAIR_TRIES_OF_ALL)
})

test('[COMPANION-3] two that have the same code find the same secret, two that have not do not', () => {
  const [seed, other] = [bytes(1, SEED_BYTES), bytes(2, SEED_BYTES)]
  const [mine, theirs] = [bytes(3, EXPONENT_BYTES), bytes(4, EXPONENT_BYTES)]
  const secret = secretOf(shareOf(seed, theirs), mine) as Bytes
  expect(secret.length).toBe(PAIR_SHARE_BYTES)
  expect(areSame(secret, secretOf(shareOf(seed, mine), theirs) as Bytes)).toBe(true)
  expect(areSame(secret, secretOf(shareOf(other, mine), theirs) as Bytes)).toBe(false)
  expect(areSame(secret, secret.slice(1))).toBe(false)
})

test('[COMPANION-4] a share that gives everybody the same secret is none', () => {
  const exponent = bytes(3, EXPONENT_BYTES)
  const two = new Uint8Array(PAIR_SHARE_BYTES)
  two[PAIR_SHARE_BYTES - 1] = 2
  expect(secretOf(two, exponent)).toBeDefined()
  const [zero, one, all] = [new Uint8Array(PAIR_SHARE_BYTES), new Uint8Array(PAIR_SHARE_BYTES), new Uint8Array(PAIR_SHARE_BYTES).fill(255)]
  one[PAIR_SHARE_BYTES - 1] = 1
  // The prime ends in 64 bits that are all set: one less is -1, whose powers are 1 and -1.
  const minusOne = PRIME.slice()
  minusOne[PAIR_SHARE_BYTES - 1] = 0xfe
  const minusTwo = PRIME.slice()
  minusTwo[PAIR_SHARE_BYTES - 1] = 0xfd
  expect(secretOf(minusTwo, exponent)).toEqual(secretOf(two, exponent))
  for (const share of [zero, one, all, PRIME, minusOne]) expect(secretOf(share, exponent)).toBeUndefined()
})

test('[COMPANION-5] a wish is taken from the companion alone, and does what it says', () => {
  const wishes: readonly [Steering, unknown][] = [
    [
      { what: 'microphone', on: false },
      { kind: 'microphone', on: false },
    ],
    [
      { what: 'camera', on: true },
      { kind: 'camera', on: true },
    ],
    [{ what: 'screen', on: true }, { kind: 'ask-screen' }],
    [{ what: 'screen', on: false }, { kind: 'stop-screen' }],
    [
      { what: 'hand', raised: true },
      { kind: 'hand', raised: true },
    ],
    ...SHARED_LAYOUTS.map((layout): [Steering, unknown] => [
      { what: 'look', layout },
      { kind: 'look', layout },
    ]),
    [{ what: 'leave' }, { kind: 'leave' }],
    [
      { what: 'part', isSecond: true },
      { kind: 'part', isSecond: true },
    ],
  ]
  for (const [wish, deed] of wishes) {
    expect(obey(wish, ANN, ANN)).toEqual(deed)
    expect(obey(wish, BEN, ANN)).toBeUndefined()
    expect(obey(wish, ANN, undefined)).toBeUndefined()
  }
})

test('[COMPANION-6] a second device becomes silent once, and is then its person’s to turn on', () => {
  const alone = { other: undefined, isSecond: false }
  const [main, second] = [
    { other: ANN, isSecond: false },
    { other: ANN, isSecond: true },
  ]
  expect([becomesSilent(alone, second), becomesSilent(main, second)]).toEqual([true, true])
  expect([becomesSilent(second, second), becomesSilent(second, main), becomesSilent(alone, main)]).toEqual([false, false, false])
})

test('[COMPANION-9] whoever is parted from says so too, but not for leaving the call', () => {
  const [alone, paired] = [
    { other: undefined, isSecond: false },
    { other: ANN, isSecond: true },
  ]
  expect([isPartedBy(paired, alone, true), isPartedBy(paired, alone, false), isPartedBy(alone, alone, true)]).toEqual([true, false, false])
})

/** RFC 3526, section 3, by its formula: 2^2048 - 2^1984 - 1 + 2^64 * { [2^1918 pi] + 124476 }. */
const PRIME = Uint8Array.from(primeText().match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

function primeText(): string {
  return (2n ** 2048n - 2n ** 1984n - 1n + 2n ** 64n * (scaledPi(1918n) + 124_476n)).toString(16)
}

/** Machin's formula, with 64 bits to spare. */
function scaledPi(bits: bigint): bigint {
  const one = 1n << (bits + 64n)
  const arctan = (inverse: bigint) => {
    let [sum, term, sign] = [0n, one / inverse, 1n]
    for (let odd = 1n; term > 0n; odd += 2n) {
      sum += sign * (term / odd)
      term /= inverse * inverse
      sign = -sign
    }
    return sum
  }
  return (4n * (4n * arctan(5n) - arctan(239n))) >> 64n
}
