/**
 * Whose turn it is to repair an object: everybody works it out alike from who is here, so nobody has to be asked. Rank
 * 0 acts at once, higher ranks wait in case the lower ones do not.
 */
import type { DeviceId } from '../../protocol/ids.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { stableHash } from './stable-hash.ts'

/** How many of those here come before `self`; turns differ from object to object. */
export function repairRank(object: ObjectId, here: Iterable<DeviceId>, self: DeviceId): number {
  const own = stableHash(object, self)
  let rank = 0
  for (const device of here) {
    const other = stableHash(object, device)
    if (device !== self && (other < own || (other === own && device < self))) rank += 1
  }
  return rank
}
