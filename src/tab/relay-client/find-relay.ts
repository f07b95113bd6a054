/**
 * Where the relay answers now. It is asked each time, since a relay that came back may have another key; the last answer
 * is kept, so a page from the offline cache knows whom to look for.
 */
import * as v from 'valibot'
import { RoomError } from '../../protocol/errors.ts'
import { type RelayCard, relayCard } from '../../protocol/relay-card.ts'

const REMEMBERED = 'asterism.relay'

/** Throws `relay-unreachable`. `origin` without a path. An answer from memory has no TURN access: that lapses. */
export async function findRelay(origin: string, signal: AbortSignal): Promise<RelayCard> {
  try {
    const response = await fetch(`${origin}/relay.json`, { signal, cache: 'no-store', credentials: 'omit' })
    if (!response.ok) throw new Error(`status ${response.status}`)
    const card = v.parse(relayCard, await response.json())
    remember({ ...card, turn: undefined })
    return card
  } catch (cause) {
    const card = remembered()
    if (card !== undefined) return card
    throw new RoomError('relay-unreachable', '', { cause })
  }
}

function remember(card: RelayCard): void {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(card))
  } catch {
    // Storage is off; the next page load asks again.
  }
}

function remembered(): RelayCard | undefined {
  try {
    const result = v.safeParse(relayCard, JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null'))
    return result.success ? result.output : undefined
  } catch {
    return undefined
  }
}
