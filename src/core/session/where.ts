/** Where each person of a meeting is: inside, waiting or outside; in which sub-room; and what they said since they came in. */
import type { DeviceId } from '../../protocol/ids.ts'
import type { Control, OwnWord } from './fold-control.ts'
import { isGoverning, type Roles } from './say.ts'

export type Place = 'in' | 'waiting' | 'removed'

/** Who came while the door was locked stands outside like one who was removed: nobody waits at a locked door. */
export function placeOf(device: DeviceId, { door, entries }: Control, roles: Roles): Place {
  const role = roles.get(device)
  if (role === 'owner') return 'in'
  const admitted = entries.get(device)
  if (admitted !== undefined) return admitted ? 'in' : 'removed'
  if (isGoverning(role) || door === undefined || door.inside.includes(device)) return 'in'
  if (door.locked) return 'removed'
  return door.lobby ? 'waiting' : 'in'
}

/** What people say of themselves ends with their call: it began at `sinceMs`, by the same clock. */
export function wordSince<T>(words: ReadonlyMap<DeviceId, OwnWord<T>>, device: DeviceId, sinceMs: number): OwnWord<T> | undefined {
  const word = words.get(device)
  return word !== undefined && word.atMs >= sinceMs ? word : undefined
}
