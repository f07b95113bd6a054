/** Messages of one person within a few minutes read as one turn: one name, one time. */
import type { ChatMessage } from '../../ports/asterism.ts'

export type MessageGroup = Pick<ChatMessage, 'id' | 'from' | 'name' | 'isMe' | 'atMs'> & { readonly messages: readonly ChatMessage[] }

const SAME_TURN_MS = 5 * 60_000

export function groupMessages(messages: readonly ChatMessage[]): readonly MessageGroup[] {
  const groups: (MessageGroup & { messages: ChatMessage[] })[] = []
  for (const message of messages) {
    const last = groups.at(-1)
    const lastMs = last?.messages.at(-1)?.atMs ?? 0
    if (last !== undefined && last.from === message.from && last.isMe === message.isMe && message.atMs - lastMs < SAME_TURN_MS)
      last.messages.push(message)
    else
      groups.push({ id: message.id, from: message.from, name: message.name, isMe: message.isMe, atMs: message.atMs, messages: [message] })
  }
  return groups
}
