/**
 * Which devices count as here. The relay's list and the room's records notice a closed laptop late, the link to it at
 * once: so of those there is a link to, the link has the last word.
 */
import type { DeviceId } from '../../protocol/ids.ts'

/** An open link to one tab of a device; quiet: nothing has come over it for longer than a living tab is silent. */
export type OpenLink = { readonly device: DeviceId; readonly isQuiet: boolean }

/** `present`: of all tabs that say they are in the room. A device is heard as long as one of its tabs is. */
export function whoIsHere(self: DeviceId, present: Iterable<DeviceId>, open: readonly OpenLink[]): ReadonlySet<DeviceId> {
  const heard = new Set(open.filter(({ isQuiet }) => !isQuiet).map(({ device }) => device))
  const silent = new Set(open.map(({ device }) => device).filter((device) => !heard.has(device)))
  return new Set([self, ...[...present].filter((device) => !silent.has(device)), ...heard])
}

/** A device has a night: before it was seen for a day, little is known of its habits. */
const YOUNG_MS = 24 * 60 * 60_000

/** No device but this one is known for long: what is said of their habits is what is usual. */
export function isYoungRoom(
  self: DeviceId,
  devices: Iterable<{ readonly device: DeviceId; readonly firstSeenAtMs: number }>,
  nowMs: number,
): boolean {
  return [...devices].every(({ device, firstSeenAtMs }) => device === self || nowMs - firstSeenAtMs < YOUNG_MS)
}
