/**
 * How safe an object is, from what devices say is on their disks. Two numbers, never one: that it still exists, and that
 * it can be read. Marked copies may go any time, so each counts as a coin's toss, and not at all on a device that keeps
 * rows beside it.
 */
import { overHours } from './common-hours.ts'
import { rowBytesOf } from './layout.ts'
import type { DeviceFacts, Judgement, ObjectFacts, RowCopy } from './plan-facts.ts'
import { goalOf } from './plan-goal.ts'
import { planRoomOf } from './plan-room.ts'
import { heldBy } from './plan-site.ts'
import { chanceOfRows, spareDevicesOf } from './row-spread.ts'

const MARKED_WORTH = 0.5
const HORIZON_DAYS = 30

/** As `FileSafety` of the public API. */
export type Safety = 'one-copy' | 'spreading' | 'safe' | 'spread' | 'at-risk' | 'unreadable' | 'lost'

export function judgeObject(object: ObjectFacts, devices: readonly DeviceFacts[]): Judgement {
  const room = planRoomOf(devices)
  const { k, rows } = object.layout
  const there = object.copies.filter(({ row, device }) => row < rows && room.byId.has(device) && !room.lost.has(device))
  const kept = there.filter(({ state }) => state === 'kept')
  const trusted = kept.filter(({ device }) => room.trusted.has(device))
  const keepers = new Set(kept.map(({ device }) => device))
  const marked = there.filter(({ state, device }) => state === 'marked' && !keepers.has(device))
  const chanceOf = (chance: (device: DeviceFacts) => number) =>
    chanceOfRows([...heldBy(kept, room, chance), ...heldBy(marked, room, (device) => chance(device) * MARKED_WORTH)], k)
  const isHere = ({ device }: RowCopy) => room.byId.get(device)?.isHere === true
  const onDisk = new Set(kept.map(({ row, device }) => `${row}/${device}`))
  return {
    availability: overHours(room.hours, (presence) => chanceOf(({ id }) => presence.get(id) ?? 0)),
    durability: chanceOf((device) => (room.survival.get(device.id) ?? 0) * (1 - device.lossPerDay) ** HORIZON_DAYS),
    spareDevices: Math.max(
      0,
      spareDevicesOf(
        heldBy(trusted, room, () => 1),
        k,
      ),
    ),
    isSpread: object.slots.length > 0 && object.slots.every(({ row, device }) => onDisk.has(`${row}/${device}`)),
    isReadable: object.bytes === 0 || new Set(there.filter(isHere).map(({ row }) => row)).size >= k,
    overhead: object.bytes === 0 ? 0 : (onDisk.size * rowBytesOf(object.bytes, k)) / object.bytes,
  }
}

/** In one word. `lost` counts what any device of the room ever said it has: it may come back after months. */
export function safetyOf(object: ObjectFacts, devices: readonly DeviceFacts[], judgement = judgeObject(object, devices)): Safety {
  const { byId } = planRoomOf(devices)
  const rows = new Set(object.copies.filter(({ device }) => byId.has(device)).map(({ row }) => row))
  if (object.bytes > 0 && rows.size < object.layout.k) return 'lost'
  if (!judgement.isReadable) return 'unreadable'

  const { spareDevices } = judgement
  const wish = goalOf(object.profile, object.pointers).spareDevices
  if (judgement.isSpread && spareDevices >= wish) return 'spread'
  if (spareDevices >= 2) return 'safe'
  if (!judgement.isSpread && object.slots.some(({ device }) => byId.get(device)?.isHere === true && isPending(object, device)))
    return 'spreading'
  return spareDevices === 0 ? 'one-copy' : 'at-risk'
}

function isPending({ slots, copies }: ObjectFacts, device: string): boolean {
  return slots.some((slot) => slot.device === device && !copies.some((copy) => copy.device === device && copy.row === slot.row))
}
