/** A chat message as kept: trimmed, cut by code points, without characters that turn the line around. */
import { CHAT_TEXT_CHARS } from '../../protocol/limits.ts'

const TURNING = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Empty when nothing is left to say. */
export function cleanMessage(text: string): string {
  return [...text.replace(TURNING, '').trim()].slice(0, CHAT_TEXT_CHARS).join('')
}
