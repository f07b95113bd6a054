/** Messages of one person within a few minutes, to the same readers, read as one turn: one name, one time. */
import type { ChatMessage, ChatPlace } from '../../ports/asterism.ts'

export type MessageGroup = Pick<ChatMessage, 'id' | 'from' | 'name' | 'isMe' | 'atMs' | 'place'> & {
  readonly messages: readonly ChatMessage[]
}

const SAME_TURN_MS = 5 * 60_000

export function groupMessages(messages: readonly ChatMessage[]): readonly MessageGroup[] {
  const groups: (MessageGroup & { messages: ChatMessage[] })[] = []
  for (const message of messages) {
    const { id, from, name, isMe, atMs, place } = message
    const last = groups.at(-1)
    const lastMs = last?.messages.at(-1)?.atMs ?? 0
    const isSameTurn = last?.from === from && last.isMe === isMe && atMs - lastMs < SAME_TURN_MS && isSamePlace(last.place, place)
    if (isSameTurn) last.messages.push(message)
    else groups.push({ id, from, name, isMe, atMs, place, messages: [message] })
  }
  return groups
}

function isSamePlace(one: ChatPlace, other: ChatPlace): boolean {
  if (one.kind === 'whisper') return other.kind === 'whisper' && other.to === one.to
  return one.kind === other.kind && (one.kind === 'room' || (other.kind === 'sub-room' && other.id === one.id))
}
