/** What every plan and every verdict must hold to, checked without the planner's own arithmetic. */
import type { DeviceFacts, Judgement, ObjectFacts, Plan } from '../../../src/core/storage/plan-facts.ts'
import { LOST_MS } from '../../../src/protocol/limits.ts'

/** In a room where nobody was for a while, devices are given that much longer. */
const QUIET_MS = 3 * 24 * 60 * 60_000

/** No planner doubts a device before it was away this long. */
const DOUBT_FROM_MS = 12 * 60 * 60_000

/** `diskOf`: the disk a device really is; tabs of one browser share one. */
export function brokenRules(
  object: ObjectFacts,
  plan: Plan,
  judgement: Judgement,
  devices: readonly DeviceFacts[],
  diskOf: (device: string) => string = (device) => device,
): string[] {
  const broken: string[] = []
  const { k } = object.layout
  const lost = new Set(devices.filter(({ awayMs }) => awayMs >= LOST_MS + QUIET_MS).map(({ id }) => id as string))
  const able = devices.filter(({ id, isVisitor }) => !isVisitor && !lost.has(id))
  const live = object.copies.filter(({ device }) => !lost.has(device))
  const kept = live.filter(({ state }) => state === 'kept')
  const marked = new Set(plan.mark.map(({ row, device }) => `${row}/${device}`))
  const keptAfter = kept.filter(({ row, device }) => !marked.has(`${row}/${device}`))
  const rowsOf = (copies: readonly { readonly row: number }[]) => new Set(copies.map(({ row }) => row)).size

  if (rowsOf(keptAfter) < Math.min(k, rowsOf(kept))) broken.push('a plan marks rows that reading needs')
  if (plan.slots.some(({ device }) => lost.has(device))) broken.push('a plan counts on a device that is lost')
  const wanted = new Set(object.copies.filter(({ state }) => state === 'marked').map(({ row, device }) => `${row}/${device}`))
  const revived = new Set(plan.revive.map(({ row, device }) => `${row}/${device}`))
  if (plan.slots.some(({ row, device }) => wanted.has(`${row}/${device}`) && !revived.has(`${row}/${device}`)))
    broken.push('a device is asked to fetch what it has, marked')

  const networks = (ids: Iterable<string>) => new Set([...ids].map((id) => devices.find((device) => device.id === id)?.segment ?? id))
  const places = networks(able.filter(({ awayMs }) => awayMs < DOUBT_FROM_MS).map(({ id }) => id)).size
  if (plan.slots.length >= 3 && networks(plan.slots.map(({ device }) => device)).size < Math.min(3, places))
    broken.push('copies stand in fewer networks than there are')

  if (judgement.spareDevices >= 2 && !survivesAnyTwo(kept, k, diskOf))
    broken.push('an object judged safe does not survive the loss of two disks')
  return broken
}

function survivesAnyTwo(
  copies: readonly { readonly row: number; readonly device: string }[],
  k: number,
  diskOf: (device: string) => string,
): boolean {
  const disks = new Map<string, number>()
  for (const { row, device } of copies) disks.set(diskOf(device), (disks.get(diskOf(device)) ?? 0) | (1 << row))
  const all = [...disks.values()]
  for (let a = 0; a < all.length; a++) {
    for (let b = a; b < all.length; b++) {
      let rows = 0
      for (let n = 0; n < all.length; n++) if (n !== a && n !== b) rows |= all[n] as number
      let count = 0
      for (let rest = rows; rest !== 0; rest &= rest - 1) count += 1
      if (count < k) return false
    }
  }
  return true
}
