/** A room's link for handing on: it names this device and those nearest to it, so that who comes by it asks them first. */
import type { Link } from '../../ports/link.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { homeMark, withHomes } from '../../protocol/room-link.ts'

export function invitationOf(link: string, self: DeviceId, links: readonly Link[]): string {
  const near = links.flatMap(({ state, device, rttMs }) => (state === 'connected' && rttMs !== undefined ? [{ device, rttMs }] : []))
  const devices = near.toSorted((a, b) => a.rttMs - b.rttMs).map(({ device }) => device)
  return withHomes(link, [...new Set([self, ...devices])].map(homeMark))
}
