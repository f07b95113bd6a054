/**
 * Whether two records say the same, field by field. The signature alone would not tell: it can be copied onto other
 * words; and signing claims are dear to make ten thousand times.
 */
import { equalBytes } from '../../protocol/bytes.ts'

export function isSameRecord(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Uint8Array || b instanceof Uint8Array) return a instanceof Uint8Array && b instanceof Uint8Array && equalBytes(a, b)
  const [names, others] = [Object.keys(a), Object.keys(b)]
  return names.length === others.length && names.every((name) => isSameRecord(Reflect.get(a, name), Reflect.get(b, name)))
}
