/** The code that one device of a person shows and the other is told: six digits, any of them as likely as any other. */
import type { Bytes } from '../../protocol/bytes.ts'

const CODES = 1_000_000
/** The last whole round of codes below 2^32: what lies above would make the first ones likelier. */
const FAIR = 2 ** 32 - (2 ** 32 % CODES)

/** Undefined, once in some thousand times: these bytes favour some codes, draw others. */
export function codeFrom(random: Bytes): string | undefined {
  const drawn = new DataView(random.buffer, random.byteOffset, random.byteLength).getUint32(0)
  return drawn < FAIR ? String(drawn % CODES).padStart(6, '0') : undefined
}

/** What was typed, with the spaces people put between digits; undefined: that is no code. */
export function readCode(typed: string): string | undefined {
  const digits = typed.replace(/[\s-]/g, '')
  return /^\d{6}$/.test(digits) ? digits : undefined
}
