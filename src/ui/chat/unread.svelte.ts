/** How many messages came while the chat was closed. Those that were there on arrival count as read. */
import type { Chat } from '../../ports/asterism.ts'
import { observed } from '../observed.svelte.ts'

export class UnreadCount {
  #seen = $state(0)
  readonly #chat: () => Chat

  constructor(chat: Chat) {
    this.#chat = observed(chat)
    this.#seen = chat.messages.length
  }

  get count(): number {
    return Math.max(0, this.#chat().messages.length - this.#seen)
  }

  /** While it is true, everything counts as read. */
  set isLookedAt(isLooking: boolean) {
    const { length } = this.#chat().messages
    if (isLooking) this.#seen = length
  }
}
