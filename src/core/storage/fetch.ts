/**
 * Fetches files from all their holders at once. A file is walked from its root: the store is asked first, what it lacks
 * is asked of holders in the order of the file, and what one could not give is asked of another. Nothing counts as done
 * before the store has it.
 */
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId, FileId, TabId } from '../../protocol/ids.ts'
import { DAG_DEPTH, FILE_BLOCKS, HOLDER_SILENT_MS } from '../../protocol/limits.ts'
import { assign } from './assign.ts'
import { changeFile, dropUnderway, forgetRefusals, releaseHolder } from './fetch-change.ts'
import {
  type Child,
  type FetchEffect,
  type FetchEvent,
  type FetchFile,
  type FetchState,
  type FetchStep,
  isLeaf,
  isNode,
  type Lacking,
  type Underway,
} from './fetch-state.ts'

export function fetchStep(state: FetchState, event: FetchEvent, nowMs: number): FetchStep {
  const effects: FetchEffect[] = []
  const changed = change(state, event, nowMs, effects)
  const finished = finish(changed, effects)
  const next = assign(finished, nowMs, effects)
  return { next, effects }
}

function change(state: FetchState, event: FetchEvent, nowMs: number, effects: FetchEffect[]): FetchState {
  switch (event.kind) {
    case 'file':
      return startFile(state, event, effects)
    case 'holders':
      return changeFile(state, event.id, (file) => ({ ...file, holders: event.holders }))
    case 'stop':
      return stopFile(state, event.id, effects)
    case 'found':
      return found(state, event, effects)
    case 'holder-here': {
      const holders = new Map(state.holders).set(event.tab, { nextTransfer: 0, wants: new Map(), blocks: 0 })
      return { ...state, holders, refusals: forgetRefusals(state.refusals, event.tab) }
    }
    case 'holder-gone': {
      const holders = new Map(state.holders)
      holders.delete(event.tab)
      return takeBack({ ...state, holders }, ({ from }) => from === event.tab)
    }
    case 'arrived':
      return arrived(state, event, effects)
    case 'stored':
      return event.ids.reduce(stored, state)
    case 'store-failed':
      return storeFailed(state, event.ids, event.code, effects)
    case 'refused': {
      const underway = state.underway.get(event.id)
      if (underway === undefined || underway.from !== event.from) return state
      if (event.reason === 'mismatch') effects.push({ kind: 'mismatch', id: event.id, from: event.from })
      const refusals = new Map(state.refusals)
      refusals.set(event.id, new Map(state.refusals.get(event.id)).set(event.from, nowMs))
      return takeBack({ ...state, refusals }, (other) => other === underway)
    }
    case 'needed': {
      const isKnown = state.underway.has(event.id) || state.urgent.some(({ id }) => id === event.id)
      if (isKnown) return state
      return { ...state, urgent: [...state.urgent, { id: event.id, file: event.file, holders: event.holders }] }
    }
    case 'tick':
      return giveUpOnSilent(state, event.heardAtMs, nowMs, effects)
    default:
      return event satisfies never
  }
}

function startFile(state: FetchState, event: Extract<FetchEvent, { kind: 'file' }>, effects: FetchEffect[]): FetchState {
  if (state.files.has(event.id)) return state
  const root: Lacking = { id: event.root, bytes: isLeaf(event.root) ? event.bytes : 0, depth: 0 }
  const file: FetchFile = {
    id: event.id,
    bytes: event.bytes,
    holders: event.holders,
    queue: [],
    head: 0,
    again: [],
    early: new Set(),
    looking: new Map([[root.id, root]]),
    underway: 0,
    doneBytes: 0,
    blocks: 1,
    isShort: false,
  }
  effects.push({ kind: 'look', file: file.id, ids: [root.id] })
  return { ...state, files: new Map(state.files).set(file.id, file) }
}

/** A want that also serves another file, or somebody who waits, goes on; the others are called off. */
function stopFile(state: FetchState, id: FileId, effects: FetchEffect[]): FetchState {
  const files = new Map(state.files)
  if (!files.delete(id)) return state
  const underway = new Map<BlockId, Underway>()
  for (const [block, entry] of state.underway) {
    const others = new Map(entry.files)
    others.delete(id)
    underway.set(block, { ...entry, files: others })
  }
  const idle = idleWants(underway)
  for (const { holder, transfer } of idle.values()) effects.push({ kind: 'cancel', holder, transfer })
  return dropUnderway({ ...state, files, underway }, (entry) => entry.from !== undefined && idle.has(wantKey(entry.from, entry.transfer)))
}

function wantKey(holder: TabId, transfer: number): string {
  return `${holder} ${transfer}`
}

/** Wants of which nobody lacks any block. */
function idleWants(underway: FetchState['underway']): Map<string, { readonly holder: TabId; readonly transfer: number }> {
  const idle = new Map<string, { readonly holder: TabId; readonly transfer: number }>()
  const used = new Set<string>()
  for (const { from: holder, transfer, files, urgent } of underway.values()) {
    if (holder === undefined) continue
    const key = wantKey(holder, transfer)
    if (files.size > 0 || urgent !== undefined) used.add(key)
    idle.set(key, { holder, transfer })
  }
  for (const key of used) idle.delete(key)
  return idle
}

function found(state: FetchState, event: Extract<FetchEvent, { kind: 'found' }>, effects: FetchEffect[]): FetchState {
  let next = state
  for (const { id, held, children } of event.found) {
    const lacking = next.files.get(event.file)?.looking.get(id)
    if (lacking === undefined) continue
    next = changeFile(next, event.file, (file) => {
      const looking = new Map(file.looking)
      looking.delete(id)
      if (held) return { ...file, looking, doneBytes: file.doneBytes + lacking.bytes }
      if (!file.isShort) effects.push({ kind: 'short', file: file.id })
      return { ...file, looking, isShort: true, queue: [...file.queue, lacking] }
    })
    if (held && isNode(id)) next = descend(next, event.file, lacking.depth, children, effects)
  }
  return next
}

/** The children of a node, each once: a file of zeros names one leaf a thousand times. Undefined: no node of a file. */
function descend(state: FetchState, id: FileId, depth: number, children: readonly Child[] | undefined, effects: FetchEffect[]): FetchState {
  const file = state.files.get(id)
  if (file === undefined) return state
  if (children === undefined) return fail(state, id, 'file-invalid', effects)
  const looking = new Map<BlockId, Lacking>()
  for (const child of children) {
    const bytes = isLeaf(child.id) ? child.bytes : 0
    looking.set(child.id, { id: child.id, bytes: bytes + (looking.get(child.id)?.bytes ?? 0), depth: depth + 1 })
  }
  const blocks = file.blocks + looking.size
  const isForeign = [...looking.keys()].some((child) => !isLeaf(child) && !isNode(child))
  if (isForeign || blocks > FILE_BLOCKS || depth >= DAG_DEPTH) return fail(state, id, 'file-invalid', effects)
  if (looking.size === 0) return state
  const fresh = new Map(looking)
  for (const [block, lacking] of file.looking) {
    const again = fresh.get(block)
    fresh.set(block, again === undefined ? lacking : { ...again, bytes: again.bytes + lacking.bytes })
  }
  effects.push({ kind: 'look', file: id, ids: [...looking.keys()] })
  return changeFile(state, id, () => ({ ...file, blocks, looking: fresh }))
}

function fail(state: FetchState, id: FileId, code: RoomErrorCode, effects: FetchEffect[]): FetchState {
  effects.push({ kind: 'failed', file: id, code })
  return stopFile(state, id, effects)
}

function storeFailed(state: FetchState, ids: readonly BlockId[], code: RoomErrorCode, effects: FetchEffect[]): FetchState {
  const failed = new Set(ids.flatMap((id) => [...(state.underway.get(id)?.files.keys() ?? [])]))
  let next = dropUnderway(state, ({ id }) => ids.includes(id))
  for (const file of failed) next = fail(next, file, code, effects)
  return next
}

function arrived(state: FetchState, event: Extract<FetchEvent, { kind: 'arrived' }>, effects: FetchEffect[]): FetchState {
  const entry = state.underway.get(event.id)
  if (entry === undefined || entry.from !== event.from) return state
  const underway = new Map(state.underway).set(event.id, { ...entry, from: undefined })
  let next: FetchState = { ...state, underway, holders: releaseHolder(state.holders, event.from, entry.transfer) }
  if (!isNode(event.id)) return next
  for (const file of entry.files.keys()) next = descend(next, file, entry.depth, event.children, effects)
  return next
}

function stored(state: FetchState, id: BlockId): FetchState {
  const entry = state.underway.get(id)
  if (entry === undefined) return state
  const underway = new Map(state.underway)
  underway.delete(id)
  const refusals = new Map(state.refusals)
  refusals.delete(id)
  let next: FetchState = { ...state, underway, refusals }
  for (const [file, bytes] of entry.files) {
    next = changeFile(next, file, (is) => ({ ...is, underway: is.underway - 1, doneBytes: is.doneBytes + bytes }))
  }
  if (entry.urgent === undefined || entry.files.has(entry.urgent.file)) return next
  // Its file may be walked too: the walk meets the block in its turn and then counts it.
  return changeFile(next, entry.urgent.file, (is) => ({ ...is, early: new Set(is.early).add(id) }))
}

/** Blocks under way go back to be asked again, first of all. */
function takeBack(state: FetchState, isBack: (entry: Underway) => boolean): FetchState {
  const back = [...state.underway.values()].filter((entry) => entry.from !== undefined && isBack(entry))
  if (back.length === 0) return state
  let next = dropUnderway(state, (entry) => back.includes(entry))
  for (const { id, depth, files, urgent } of back) {
    for (const [file, bytes] of files) next = changeFile(next, file, (is) => ({ ...is, again: [...is.again, { id, bytes, depth }] }))
    if (urgent !== undefined) next = { ...next, urgent: [...next.urgent, urgent] }
  }
  return next
}

function giveUpOnSilent(state: FetchState, heardAtMs: ReadonlyMap<TabId, number>, nowMs: number, effects: FetchEffect[]): FetchState {
  const isSilent = ({ from, askedAtMs }: Underway) =>
    from !== undefined && nowMs - Math.max(askedAtMs, heardAtMs.get(from) ?? 0) > HOLDER_SILENT_MS
  const late = [...state.underway.values()].filter(isSilent)
  if (late.length === 0) return state
  const refusals = new Map(state.refusals)
  const cancelled = new Set<string>()
  for (const { id, from, transfer } of late) {
    if (from === undefined) continue
    refusals.set(id, new Map(refusals.get(id)).set(from, nowMs))
    if (!cancelled.has(wantKey(from, transfer))) effects.push({ kind: 'cancel', holder: from, transfer })
    cancelled.add(wantKey(from, transfer))
  }
  const isOfCancelled = ({ from, transfer }: Underway) => from !== undefined && cancelled.has(wantKey(from, transfer))
  return takeBack({ ...state, refusals }, isOfCancelled)
}

/** Files of which everything is in the store. */
function finish(state: FetchState, effects: FetchEffect[]): FetchState {
  const done = [...state.files.values()].filter(
    (file) => file.looking.size === 0 && file.head === file.queue.length && file.again.length === 0 && file.underway === 0,
  )
  if (done.length === 0) return state
  const files = new Map(state.files)
  for (const { id } of done) {
    files.delete(id)
    effects.push({ kind: 'complete', file: id })
  }
  return { ...state, files }
}
