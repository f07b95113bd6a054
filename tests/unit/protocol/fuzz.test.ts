/** Frames that were right once, broken by chance: whatever comes, the door answers and never throws. */
import { expect, test } from 'vitest'
import { encodeFrame, parseFrame } from '../../../src/protocol/frame.ts'
import { helloMessage } from '../../../src/protocol/hello.ts'
import { CONTROL_FRAME_BYTES } from '../../../src/protocol/limits.ts'
import { signalFrame } from '../../../src/protocol/signal.ts'
import { parseDataFrame } from '../../../src/protocol/transfer.ts'
import { type Random, seededRandom } from '../../sim/random.ts'
import { everyMessage, fromHex, fromVector } from './vectors.ts'

const FRAMES = 100_000

/** Values CBOR can say and a schema may not expect. */
const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  2 ** 53 - 1,
  1.5,
  '',
  'x'.repeat(300),
  [],
  {},
  new Uint8Array(),
  new Uint8Array(64),
  [[[[]]]],
  10n ** 18n,
]

test('[PROTOCOL-7] 100,000 mutated frames are answered, none throws', () => {
  const random = seededRandom(1)
  const messages = everyMessage().flatMap(({ schema, vectors }) => vectors.valid.map(({ value }) => ({ schema, value: fromVector(value) })))
  const seen = { ok: 0, refused: 0 }
  for (let n = 0; n < FRAMES; n++) {
    const { schema, value } = random.pick(messages)
    const frame = random.chance(0.5) ? mutateBytes(random, encodeFrame(value)) : encodeFrame(mutateValue(random, value))
    seen[parseFrame(frame, schema).kind]++
    if (n % 10 === 0) parseDataFrame(mutateBytes(random, frame.slice(0, 24)).buffer)
  }
  expect(seen.ok + seen.refused).toBe(FRAMES)
  expect(Math.min(seen.ok, seen.refused)).toBeGreaterThan(FRAMES / 100)
})

test('[PROTOCOL-8] frames made to exhaust their reader are refused', () => {
  const refused = { kind: 'refused', reason: 'frame-malformed' }
  expect(parseFrame(new Uint8Array(CONTROL_FRAME_BYTES).fill(0x81), helloMessage)).toEqual(refused)
  for (const header of ['9b0000000fffffffff', '5b0000000fffffffff', '7b0000000fffffffff', 'bb0000000fffffffff', 'db0000000fffffffff']) {
    expect(parseFrame(fromHex(header), helloMessage), header).toEqual(refused)
  }
})

test('[PROTOCOL-9] a field called __proto__ is data and gives nothing its fields', () => {
  // {"__proto__": {"t": "refused", "reason": "left"}}
  const frame = fromHex('a1695f5f70726f746f5f5fa2617467726566757365646672656173' + '6f6e646c656674')
  expect(parseFrame(frame, helloMessage)).toEqual({ kind: 'refused', reason: 'frame-malformed' })
  expect(parseFrame(frame, signalFrame)).toEqual({ kind: 'refused', reason: 'frame-malformed' })
})

function mutateBytes(random: Random, frame: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const mutated = new Uint8Array(frame)
  for (let n = random.between(1, 3); n > 0 && mutated.byteLength > 0; n--) mutated[random.below(mutated.byteLength)] = random.below(256)
  if (random.chance(0.2)) return mutated.slice(0, random.below(mutated.byteLength + 1))
  return random.chance(0.1) ? new Uint8Array([...mutated, ...random.bytes(random.below(8))]) : mutated
}

/** One place in the message becomes something else, is left out, or is said of another field. */
function mutateValue(random: Random, value: unknown): unknown {
  if (Array.isArray(value) && value.length > 0 && random.chance(0.7)) {
    const at = random.below(value.length)
    return random.chance(0.2) ? [...value, ...value] : value.map((item, n) => (n === at ? mutateValue(random, item) : item))
  }
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && random.chance(0.9)) {
    const entries = Object.entries(value)
    const at = random.below(entries.length)
    if (random.chance(0.1)) return Object.fromEntries(entries.filter((_, n) => n !== at))
    if (random.chance(0.1)) return { ...value, [random.pick(['extra', 't', 'toString', 'constructor'])]: random.pick(ODD) }
    return Object.fromEntries(entries.map(([key, inner], n) => [key, n === at ? mutateValue(random, inner) : inner]))
  }
  return random.pick(ODD)
}
