/** Small changes of a fetch state that several decisions share. */
import type { BlockId, FileId, TabId } from '../../protocol/ids.ts'
import type { FetchFile, FetchState, Holder, Underway } from './fetch-state.ts'

export function changeFile(state: FetchState, id: FileId, change: (file: FetchFile) => FetchFile): FetchState {
  const file = state.files.get(id)
  if (file === undefined) return state
  return { ...state, files: new Map(state.files).set(id, change(file)) }
}

/** One block less is expected of the holder in this want. */
export function releaseHolder(holders: FetchState['holders'], tab: TabId, transfer: number): FetchState['holders'] {
  const holder = holders.get(tab)
  const open = holder?.wants.get(transfer)
  if (holder === undefined || open === undefined) return holders
  const wants = new Map(holder.wants)
  if (open === 1) wants.delete(transfer)
  else wants.set(transfer, open - 1)
  const next: Holder = { ...holder, wants, blocks: holder.blocks - 1 }
  return new Map(holders).set(tab, next)
}

/** Blocks that are no longer under way: holders and files are relieved of them. */
export function dropUnderway(state: FetchState, isDropped: (entry: Underway) => boolean): FetchState {
  const underway = new Map(state.underway)
  let { holders } = state
  let next = state
  for (const [id, entry] of state.underway) {
    if (!isDropped(entry)) continue
    underway.delete(id)
    if (entry.from !== undefined) holders = releaseHolder(holders, entry.from, entry.transfer)
    for (const file of entry.files.keys()) next = changeFile(next, file, (is) => ({ ...is, underway: is.underway - 1 }))
  }
  return { ...next, holders, underway }
}

export function forgetRefusals(refusals: FetchState['refusals'], tab: TabId): FetchState['refusals'] {
  const next = new Map<BlockId, ReadonlyMap<TabId, number>>()
  for (const [id, by] of refusals) {
    const others = new Map(by)
    others.delete(tab)
    if (others.size > 0) next.set(id, others)
  }
  return next
}
