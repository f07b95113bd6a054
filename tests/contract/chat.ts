/** What every chat promises of those who read it. The real one and the gallery's run this suite. */
import { expect, test } from 'vitest'
import type { Chat } from '../../src/ports/asterism.ts'

export type ChatAtPlaces = {
  /** In the main room; in a side room `Beds` with Ann; whispering to Ann. */
  readonly inMain: () => Promise<Chat>
  readonly inBeds: () => Promise<Chat>
  readonly whispering: () => Promise<Chat>
}

export function chatContract({ inMain, inBeds, whispering }: ChatAtPlaces): void {
  const placesOf = (chat: Chat) => chat.messages.map(({ text, isMe, place }) => [text, isMe, place.kind, 'name' in place ? place.name : ''])

  test('[CHAT-5] in the main room everybody reads, and nobody is named', async () => {
    const chat = await inMain()
    chat.send('to all')
    expect([chat.audience, placesOf(chat)]).toEqual([{ kind: 'room', names: [] }, [['to all', true, 'room', '']]])
  })

  test('[CHAT-1] in a side room those in it read, and the whole room when that is said', async () => {
    const chat = await inBeds()
    expect(chat.audience).toMatchObject({ kind: 'sub-room', name: 'Beds', names: ['Ann'] })
    let told = 0
    const stop = chat.subscribe(() => told++)
    chat.send('to some')
    chat.send('to all', 'room')
    expect(placesOf(chat)).toEqual([
      ['to some', true, 'sub-room', 'Beds'],
      ['to all', true, 'room', ''],
    ])
    expect(told).toBe(2)
    stop()
    chat.send('unheard')
    expect(told).toBe(2)
  })

  test('[CHAT-1] who whispers writes to one', async () => {
    const chat = await whispering()
    chat.send('between us')
    expect(chat.audience).toMatchObject({ kind: 'whisper', name: 'Ann', names: ['Ann'] })
    expect(placesOf(chat)).toEqual([['between us', true, 'whisper', 'Ann']])
  })
}
