/**
 * Which block is asked of which holder. What somebody waits for goes first and to everyone who can give it; then files
 * in their order, each from its beginning, spread over its holders. Three bounds hold: blocks and wants open with one
 * holder, and blocks in memory altogether.
 */
import type { BlockId, FileId, TabId } from '../../protocol/ids.ts'
import { ASK_BLOCKS, BLOCKS_IN_FLIGHT, CHUNK_BYTES, REFUSED_FOR_MS, STORE_QUEUE_BYTES, TRANSFERS_PER_PEER } from '../../protocol/limits.ts'
import { changeFile } from './fetch-change.ts'
import type { FetchEffect, FetchFile, FetchState, Lacking, Underway, Urgent } from './fetch-state.ts'

const BLOCKS_IN_MEMORY = STORE_QUEUE_BYTES / CHUNK_BYTES

type Ask = { readonly file: FileId; readonly lacking: Lacking }

export function assign(state: FetchState, nowMs: number, effects: FetchEffect[]): FetchState {
  let next = state.urgent.length === 0 ? state : assignUrgent(state, nowMs, effects)
  for (;;) {
    const before = next
    for (const tab of next.holders.keys()) next = askHolder(next, tab, nowMs, effects)
    if (next === before) return next
  }
}

function assignUrgent(state: FetchState, nowMs: number, effects: FetchEffect[]): FetchState {
  let next: FetchState = { ...state, urgent: [] }
  for (const urgent of state.urgent) {
    if (next.underway.has(urgent.id)) continue
    const able = urgent.holders.filter((tab) => next.holders.has(tab) && !isRefused(next, urgent.id, tab, nowMs))
    const least = able.filter((tab) => wantsOf(next, tab) < TRANSFERS_PER_PEER).sort((a, b) => blocksOf(next, a) - blocksOf(next, b))[0]
    if (least !== undefined) next = ask(next, least, [], urgent, nowMs, effects)
    else if (able.length > 0) next = { ...next, urgent: [...next.urgent, urgent] }
    else effects.push({ kind: 'unavailable', id: urgent.id, file: urgent.file })
  }
  return next
}

/** One want for this holder, if it has room for one and there is something it can give. */
function askHolder(state: FetchState, tab: TabId, nowMs: number, effects: FetchEffect[]): FetchState {
  const holder = state.holders.get(tab)
  const room = Math.min(BLOCKS_IN_FLIGHT - (holder?.blocks ?? BLOCKS_IN_FLIGHT), BLOCKS_IN_MEMORY - state.underway.size)
  // One want less than the peer allows: the last is for what somebody waits for.
  if (holder === undefined || holder.wants.size >= TRANSFERS_PER_PEER - 1) return state
  if (room < ASK_BLOCKS && (holder.blocks > 0 || room < 1)) return state
  let next = state
  const asks: Ask[] = []
  for (const id of state.files.keys()) {
    if (asks.length >= Math.min(room, ASK_BLOCKS)) break
    if (state.files.get(id)?.holders.includes(tab)) next = take(next, id, tab, Math.min(room, ASK_BLOCKS), asks, nowMs, effects)
  }
  return asks.length === 0 ? next : ask(next, tab, asks, undefined, nowMs, effects)
}

/** Moves blocks of one file that the holder can give from the file's lists into `asks`. */
function take(state: FetchState, id: FileId, tab: TabId, most: number, asks: Ask[], nowMs: number, effects: FetchEffect[]): FetchState {
  const file = state.files.get(id)
  if (file === undefined) return state
  const again: Lacking[] = []
  let { head, looking } = file
  const early = new Set(file.early)
  let { underway } = state
  let shared = 0
  /** False: to be considered again, later or for another holder. */
  const consider = (lacking: Lacking): boolean => {
    const entry = underway.get(lacking.id)
    if (entry?.from !== undefined) {
      underway = new Map(underway).set(lacking.id, share(entry, id, lacking))
      shared += entry.files.has(id) ? 0 : 1
      return true
    }
    if (entry !== undefined) {
      // Arrived for another file and almost stored: looked up once it is.
      early.add(lacking.id)
      return false
    }
    if (early.has(lacking.id)) {
      early.delete(lacking.id)
      effects.push({ kind: 'look', file: id, ids: [lacking.id] })
      looking = new Map(looking).set(lacking.id, lacking)
      return true
    }
    if (asks.some((ask) => ask.lacking.id === lacking.id) || isRefused(state, lacking.id, tab, nowMs)) return false
    asks.push({ file: id, lacking })
    return true
  }
  for (const lacking of file.again) if (asks.length >= most || !consider(lacking)) again.push(lacking)
  while (asks.length < most && head < file.queue.length) {
    const lacking = file.queue[head++] as Lacking
    if (!consider(lacking)) again.push(lacking)
  }
  const isUnchanged = head === file.head && again.length === file.again.length
  if (isUnchanged) return state
  const changed: FetchFile = { ...file, head, again, looking, early, underway: file.underway + shared }
  return changeFile({ ...state, underway }, id, () => changed)
}

/** The deeper of two depths: the bound on depth holds wherever the block stands. */
function share(entry: Underway, file: FileId, { bytes, depth }: Lacking): Underway {
  const files = new Map(entry.files).set(file, bytes + (entry.files.get(file) ?? 0))
  return { ...entry, depth: Math.max(entry.depth, depth), files }
}

function ask(
  state: FetchState,
  tab: TabId,
  asks: readonly Ask[],
  urgent: Urgent | undefined,
  nowMs: number,
  effects: FetchEffect[],
): FetchState {
  const holder = state.holders.get(tab)
  if (holder === undefined) return state
  const transfer = holder.nextTransfer
  const underway = new Map(state.underway)
  const entry = { from: tab, transfer, askedAtMs: nowMs, urgent }
  let next = state
  for (const { file, lacking } of asks) {
    const { id, depth, bytes } = lacking
    underway.set(id, { ...entry, id, depth, files: new Map([[file, bytes]]) })
    next = changeFile(next, file, (is) => ({ ...is, underway: is.underway + 1 }))
  }
  if (urgent !== undefined) underway.set(urgent.id, { ...entry, id: urgent.id, depth: 0, files: new Map() })
  const blocks = urgent === undefined ? asks.map(({ lacking }) => lacking.id) : [urgent.id]
  effects.push({ kind: 'ask', holder: tab, transfer, blocks, urgent: urgent !== undefined })
  const wants = new Map(holder.wants).set(transfer, blocks.length)
  const busier = { nextTransfer: transfer + 1, wants, blocks: holder.blocks + blocks.length }
  return { ...next, underway, holders: new Map(next.holders).set(tab, busier) }
}

/** Nothing of the file can be fetched now: no holder is here, or each has said it lacks what is left. */
export function isStuck(state: FetchState, file: FetchFile, nowMs: number): boolean {
  if (file.looking.size > 0 || file.underway > 0) return false
  const holders = file.holders.filter((tab) => state.holders.has(tab))
  if (holders.length === 0) return true
  return file.head === file.queue.length && file.again.every(({ id }) => holders.every((tab) => isRefused(state, id, tab, nowMs)))
}

function isRefused(state: FetchState, id: BlockId, tab: TabId, nowMs: number): boolean {
  const atMs = state.refusals.get(id)?.get(tab)
  return atMs !== undefined && nowMs - atMs < REFUSED_FOR_MS
}

function wantsOf(state: FetchState, tab: TabId): number {
  return state.holders.get(tab)?.wants.size ?? 0
}

function blocksOf(state: FetchState, tab: TabId): number {
  return state.holders.get(tab)?.blocks ?? 0
}
