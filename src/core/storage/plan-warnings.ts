/** What a plan could not keep to. The room is told; nothing is refused. */
import type { DeviceId } from '../../protocol/ids.ts'
import { FLOOR_DEVICES } from '../../protocol/limits.ts'
import type { Slot, Warning } from './plan-facts.ts'
import { REPAIR_SLACK } from './plan-fill.ts'
import { isShort, measure, type Site, shortageOf } from './plan-site.ts'

export function warningsOf(site: Site, slots: readonly Slot[], self: DeviceId): Warning[] {
  const { room, goal } = site
  const warnings: Warning[] = []
  const { segments } = measure(site, slots)
  if (room.places.length < FLOOR_DEVICES) warnings.push('fewer-than-three-devices')
  if (goal.isBelowFloor) warnings.push('below-floor-by-wish')
  if (slots.length > 1 && segments === 1) warnings.push('one-network')
  if (slots.length > 2 && segments === 2 && goal.segments > 2) warnings.push('two-networks')
  if (slots.length > 0 && !slots.some(({ device }) => isNear(site, device, self))) warnings.push('no-near-copy')
  const used = new Set(slots.map(({ device }) => device))
  const isFull = room.places.some(({ device }) => !used.has(device.id) && device.freeBytes < site.rowBytes)
  if (isFull && isShort(shortageOf(site, slots, REPAIR_SLACK))) warnings.push('not-enough-room')
  return warnings
}

function isNear({ room }: Site, device: DeviceId, self: DeviceId): boolean {
  const segment = room.byId.get(self)?.segment
  const facts = room.byId.get(device)
  return device === self || facts?.rttMs !== undefined || (segment !== undefined && facts?.segment === segment)
}
