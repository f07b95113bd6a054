/** Names as people see them: one line, no direction tricks, no more than fits. Empty means nobody has said one. */
import { MEMBER_NAME_CHARS } from '../../protocol/limits.ts'

/** Controls, line breaks, bidirectional overrides and isolates, zero-width characters that only deceive. */
const UNSEEN = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff]/gu

/** Cuts by code points, so no character is broken. */
export function cleanMemberName(text: string): string {
  const oneLine = text.replace(UNSEEN, ' ').replace(/\s+/g, ' ').trim()
  return [...oneLine].slice(0, MEMBER_NAME_CHARS).join('').trim()
}
