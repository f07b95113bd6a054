/** Names under which a device saves values: those of a room begin with it, so that forgetting it finds them all. */
import type { RoomId } from '../../protocol/ids.ts'

/** Each value of the room has a name that begins with one of these, and no other value has. */
export function prefixesOfRoom(room: RoomId): readonly string[] {
  return [`room/${room}/`, `files/${room}/`]
}
