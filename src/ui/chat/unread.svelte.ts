/** How many messages of others came since the chat was last looked at; remembered per room on this device. A first visit starts with none. */
import type { Chat } from '../../ports/asterism.ts'
import type { RoomId } from '../../protocol/ids.ts'
import { observed } from '../observed.svelte.ts'

export class UnreadCount {
  #seenMs: number
  readonly #key: string
  readonly #chat: () => Chat

  constructor(room: RoomId, chat: Chat, nowMs = Date.now()) {
    this.#key = `asterism.read.${room}`
    this.#chat = observed(chat)
    this.#seenMs = $state(remembered(this.#key) ?? nowMs)
  }

  get count(): number {
    return this.#chat().messages.filter(({ isMe, atMs }) => !isMe && atMs > this.#seenMs).length
  }

  /** Call while the chat is in sight, each time it changed. */
  markRead(): void {
    const lastMs = this.#chat().messages.at(-1)?.atMs ?? 0
    if (lastMs <= this.#seenMs) return
    this.#seenMs = lastMs
    try {
      localStorage.setItem(this.#key, String(lastMs))
    } catch {
      // Storage is closed to this page: a reload shows them as new once more.
    }
  }
}

function remembered(key: string): number | undefined {
  try {
    const stored = localStorage.getItem(key)
    return stored === null ? undefined : Number(stored)
  } catch {
    return undefined
  }
}
