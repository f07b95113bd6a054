/** What is being written and for whom. It stays while the panel is closed, and where one is decides who reads it until the person does. */
import type { Chat, ChatAudience, ChatMessage } from '../../ports/asterism.ts'
import { observed } from '../observed.svelte.ts'
import { EVERYBODY } from './reader-words.ts'

export class Writing {
  readonly #chat: () => Chat
  #text = $state('')
  /** Where the person turned to the whole room; elsewhere they have not. */
  #roomChosenIn: string | undefined = $state()
  /** Whom the draft was begun for. */
  #begunFor = ''
  /** It was kept back once, because somebody else would read it. */
  isHeld = $state(false)

  constructor(chat: Chat) {
    this.#chat = observed(chat)
  }

  get messages(): readonly ChatMessage[] {
    return this.#chat().messages
  }

  /** Those who hear this person; the whole room where that is everybody. */
  get near(): ChatAudience {
    return this.#chat().audience
  }

  get isToRoom(): boolean {
    return this.near.kind === 'room' || this.#roomChosenIn === keyOf(this.near)
  }

  get audience(): ChatAudience {
    return this.isToRoom ? EVERYBODY : this.near
  }

  get text(): string {
    return this.#text
  }

  set text(text: string) {
    if (this.#text === '') this.#begunFor = keyOf(this.audience)
    this.#text = text
    this.isHeld = false
  }

  get isEmpty(): boolean {
    return this.#text.trim() === ''
  }

  turnToRoom(isToRoom: boolean): void {
    this.#roomChosenIn = isToRoom ? keyOf(this.near) : undefined
    this.#begunFor = keyOf(this.audience)
    this.isHeld = false
  }

  /** False: nothing was sent. */
  send(): boolean {
    const now = keyOf(this.audience)
    if (this.isEmpty) return false
    if (now !== this.#begunFor) {
      this.#begunFor = now
      this.isHeld = true
      return false
    }
    this.say(this.#text.trim())
    this.text = ''
    return true
  }

  /** To whoever reads a draft now. */
  say(text: string): void {
    if (this.isToRoom) this.#chat().send(text, 'room')
    else this.#chat().send(text)
  }
}

/** The place alone: those who come and go in it are others, and still it is the same. */
function keyOf(audience: ChatAudience): string {
  if (audience.kind === 'room') return 'room'
  return audience.kind === 'whisper' ? `whisper ${audience.to}` : `side room ${audience.id}`
}
