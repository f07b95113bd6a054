/**
 * Words for some, until they came to all of them: told again to whoever has not said so and may still read them, for a while. Whom they did not
 * reach is named to who wrote them, later while there is hope. One tab of a person is enough.
 */
import type { DeviceId, TabId } from '../../protocol/ids.ts'
import { ASIDE_LATE_MS, ASIDE_TELL_MS } from '../../protocol/limits.ts'
import type { Caller } from './who-hears.ts'

export type Telling = {
  readonly sinceMs: number
  /** Who has not said yet that it came. */
  readonly waiting: ReadonlyMap<TabId, DeviceId>
  /** Given up. */
  readonly lost: ReadonlySet<DeviceId>
  readonly read: ReadonlySet<DeviceId>
}

export function beginTelling(readers: readonly Caller[], nowMs: number): Telling {
  return { sinceMs: nowMs, waiting: new Map(readers.map(({ tab, device }) => [tab, device])), lost: new Set(), read: new Set() }
}

/** `readers`: who may read it now. The others who wait are given up, and after a while all of them. `to`: to be told, again. */
export function tellAgain(
  telling: Telling,
  readers: readonly Caller[],
  nowMs: number,
): { readonly next: Telling; readonly to: readonly TabId[] } {
  const isOver = nowMs - telling.sinceMs >= ASIDE_TELL_MS
  const mayRead = (tab: TabId, device: DeviceId) => readers.some((one) => one.tab === tab && one.device === device)
  const { still = [], lost = [] } = Object.groupBy(telling.waiting, ([tab, device]) => (!isOver && mayRead(tab, device) ? 'still' : 'lost'))
  const next = { ...telling, waiting: new Map(still), lost: new Set([...telling.lost, ...lost.map(([, device]) => device)]) }
  return { next, to: still.map(([tab]) => tab) }
}

/** It came. Undefined: nobody waited for that word. */
export function noteRead(telling: Telling, tab: TabId, device: DeviceId): Telling | undefined {
  const waiting = new Map(telling.waiting)
  return waiting.delete(tab) ? { ...telling, waiting, read: new Set([...telling.read, device]) } : undefined
}

export function lackingOf({ sinceMs, waiting, lost, read }: Telling, nowMs: number): readonly DeviceId[] {
  const isLate = nowMs - sinceMs >= ASIDE_LATE_MS
  return [...new Set([...lost, ...(isLate ? waiting.values() : [])])].filter((device) => !read.has(device))
}
