/** Which tab of a device is asked, and who can give what of an object. */
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import type { HoldingRecord } from '../../protocol/object.ts'
import type { RowHolders } from './fetch-state.ts'

export type Reachable = { readonly tab: TabId; readonly device: DeviceId; readonly leader: boolean }

/** One connected tab per device, its leader when there is one: all tabs of a device read the same disk. */
export function tabOfDevice(reachable: Iterable<Reachable>): ReadonlyMap<DeviceId, TabId> {
  const chosen = new Map<DeviceId, Reachable>()
  for (const peer of reachable) {
    const before = chosen.get(peer.device)
    if (before === undefined || (peer.leader && !before.leader)) chosen.set(peer.device, peer)
  }
  return new Map([...chosen].map(([device, { tab }]) => [device, tab]))
}

/** Marked rows are there until their room is needed, so they are asked for like any. */
export function rowHolders(holdings: Iterable<HoldingRecord>, k: number, tabs: ReadonlyMap<DeviceId, TabId>, self: DeviceId): RowHolders {
  const rows = new Map<number, TabId[]>()
  const whole: TabId[] = []
  for (const { device, rows: kept, marked } of holdings) {
    const tab = device === self ? undefined : tabs.get(device)
    if (tab === undefined) continue
    const all = new Set([...kept, ...marked])
    for (const row of all) {
      const holders = rows.get(row)
      if (holders === undefined) rows.set(row, [tab])
      else holders.push(tab)
    }
    if (all.size >= k) whole.push(tab)
  }
  return { rows, whole }
}

/** Somebody here can give the row, or k others that it can be made of. */
export function canFetch(row: number, k: number, { rows, whole }: RowHolders): boolean {
  return whole.length > 0 || rows.has(row) || rows.size >= k
}
