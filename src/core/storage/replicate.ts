/**
 * Which files this device still has to walk, who can give them, and what a person is told about each. For now every
 * device keeps every file: the one place to change when a planner decides how many copies there shall be.
 */
import type { DeviceId, FileId, TabId } from '../../protocol/ids.ts'
import type { FileRecord } from '../../protocol/room-state.ts'

/** What the person of this device said about a file; absent: fetch it. */
export type FileWish = 'paused' | 'cancelled'
export type FileWishes = ReadonlyMap<FileId, FileWish>

/** Devices that hold each file, from the keys of the room's `copies`. */
export type CopiesByFile = ReadonlyMap<FileId, readonly DeviceId[]>

export function copiesByFile(copyKeys: Iterable<string>): CopiesByFile {
  const copies = new Map<FileId, DeviceId[]>()
  for (const key of copyKeys) {
    const slash = key.indexOf('/')
    if (slash < 0) continue
    const file = key.slice(0, slash) as FileId
    const device = key.slice(slash + 1) as DeviceId
    const devices = copies.get(file)
    if (devices === undefined) copies.set(file, [device])
    else devices.push(device)
  }
  return copies
}

/**
 * Files this device is said to hold and must not be: taken out of the room, perhaps while it was away, or found lacking.
 * A claim taken back once may return, made before a loss and kept by others.
 */
export function untrueClaims(
  copies: CopiesByFile,
  device: DeviceId,
  isListed: (file: FileId) => boolean,
  isLacking: (file: FileId) => boolean,
): readonly FileId[] {
  const claimed = [...copies].filter(([, devices]) => devices.includes(device)).map(([file]) => file)
  return claimed.filter((file) => !isListed(file) || isLacking(file))
}

/** Oldest first, so that every device fetches in the same order and a late comer fills up from the beginning. */
export function filesToWalk(
  files: Iterable<FileRecord>,
  walked: { readonly has: (id: FileId) => boolean },
  wishes: FileWishes,
): readonly FileRecord[] {
  const open = [...files].filter(({ id }) => !walked.has(id) && !wishes.has(id))
  return open.sort((a, b) => a.addedAtMs - b.addedAtMs || (a.id < b.id ? -1 : 1))
}

export type Reachable = { readonly tab: TabId; readonly device: DeviceId; readonly leader: boolean }

/** One connected tab per device, its leader when there is one: other tabs of a device read the same disk. */
export function tabOfDevice(reachable: Iterable<Reachable>): ReadonlyMap<DeviceId, TabId> {
  const chosen = new Map<DeviceId, Reachable>()
  for (const peer of reachable) {
    const before = chosen.get(peer.device)
    if (before === undefined || (peer.leader && !before.leader)) chosen.set(peer.device, peer)
  }
  return new Map([...chosen].map(([device, { tab }]) => [device, tab]))
}

export function holdersOf(devices: readonly DeviceId[] | undefined, tabs: ReadonlyMap<DeviceId, TabId>): readonly TabId[] {
  return (devices ?? []).flatMap((device) => tabs.get(device) ?? [])
}
