/** Side rooms a moderator makes: their names, and who goes where when people are spread evenly. */
import type { SubRoom } from '../../ports/asterism.ts'

/** Without a name it is numbered; the number is the first that is free. */
export function newSubRoom(name: string, rooms: readonly SubRoom[]): SubRoom {
  const ids = new Set(rooms.map(({ id }) => id))
  let nth = 1
  while (ids.has(`side-${nth}`)) nth++
  return { id: `side-${nth}`, name: name.trim() === '' ? `Side room ${nth}` : name.trim() }
}

/** One after the other, round and round: sizes differ by one at most. */
export function spreadEvenly<P>(
  people: readonly P[],
  rooms: readonly SubRoom[],
): readonly { readonly room: string; readonly people: readonly P[] }[] {
  return rooms
    .map(({ id }, nth) => ({ room: id, people: people.filter((_, i) => i % rooms.length === nth) }))
    .filter((share) => share.people.length > 0)
}
