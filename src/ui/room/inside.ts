/** Remembers, for this tab only, the room a person stepped into: a reload brings them back in, a fresh tab asks at the door. */

import type { RoomId } from '../../protocol/ids.ts'
import { parseRoomLink } from '../../protocol/room-link.ts'

const KEY = 'asterism.inside'

export function rememberInside(id: RoomId | undefined): void {
  try {
    if (id === undefined) sessionStorage.removeItem(KEY)
    else sessionStorage.setItem(KEY, id)
  } catch {
    // Storage is closed to this page: a reload asks at the door again.
  }
}

export function wasInside(fragment: string): boolean {
  try {
    const id = parseRoomLink(fragment)?.roomId
    return id !== undefined && sessionStorage.getItem(KEY) === id
  } catch {
    return false
  }
}
