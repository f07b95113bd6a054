/**
 * Reads the device's store through while nothing else happens, so that a copy that rotted is replaced while others still
 * have theirs. Reading is what finds damage: the store drops the block and begins a new generation by itself.
 */
import { firstScrub, type ScrubState, scrubbed, scrubStep, shelfScrubbed } from '../../core/storage/scrub-pace.ts'
import type { BlockStore, ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { BlockId } from '../../protocol/ids.ts'
import type { ListedBlock, Shelf } from '../../protocol/storage-worker.ts'

export type ScrubParts = {
  /** No call, nothing being sent, fetched or read. */
  readonly isIdle: () => boolean
  /** Not there any more, in the order found. */
  readonly damaged: (ids: readonly BlockId[]) => void
  readonly signal: AbortSignal
  /** Where the round stands is kept here over page loads. */
  readonly values?: ValueStore
  /** One tab of a device reads at a time. */
  readonly locks?: LockManager | undefined
}

const KEY = 'scrub'
/** A store that does not answer is asked again after this. */
const RETRY_MS = 60_000

export function scrubStore(blocks: BlockStore, clock: Clock, parts: ScrubParts): void {
  const { signal, locks } = parts
  const work = () => scrub(blocks, clock, parts)
  if (locks === undefined) void work()
  // Rejects only when the signal ends the wait.
  else locks.request('asterism-scrub', { signal }, work).catch(() => undefined)
}

async function scrub(blocks: BlockStore, clock: Clock, { isIdle, damaged, signal, values }: ScrubParts): Promise<void> {
  let state = (await values?.load(KEY).then(parse, () => undefined)) ?? firstScrub(clock.nowMs())
  let spentBytes = 0
  let burstAtMs = clock.monotonicMs()
  while (!signal.aborted) {
    const sinceMs = clock.monotonicMs() - burstAtMs
    const step = scrubStep(state, { nowMs: clock.nowMs(), isIdle: isIdle(), spentBytes, sinceMs })
    state = step.next
    if (step.kind === 'wait') {
      await wait(clock, step.ms, signal)
      continue
    }
    burstAtMs = clock.monotonicMs()
    const burst = await readSome(blocks, state, { bytes: step.bytes, isIdle, signal }).catch(() => undefined)
    spentBytes = burst?.bytes ?? 0
    if (burst === undefined) {
      await wait(clock, RETRY_MS, signal)
      continue
    }
    state = burst.state
    await values?.save(KEY, new TextEncoder().encode(JSON.stringify(state))).catch(() => undefined)
    if (burst.damaged.length > 0 && !signal.aborted) damaged(burst.damaged)
  }
}

type Burst = { readonly state: ScrubState; readonly bytes: number; readonly damaged: readonly BlockId[] }
type Bounds = { readonly bytes: number; readonly isIdle: () => boolean; readonly signal: AbortSignal }

async function readSome(blocks: BlockStore, from: ScrubState, { bytes, isIdle, signal }: Bounds): Promise<Burst> {
  const { generation } = await blocks.usage()
  let state = from
  let read = 0
  const lost: BlockId[] = []
  while (state.at !== 'done' && read < bytes && isIdle() && !signal.aborted) {
    const { shelf, after } = state.at
    const page = await pageAfter(blocks, shelf, after)
    for (const block of page) {
      if (read >= bytes || !isIdle() || signal.aborted) break
      if ((await blocks.get(block.id, shelf)) === undefined) lost.push(block.id)
      state = scrubbed(state, block.id)
      read += block.bytes
    }
    if (page.length === 0) state = shelfScrubbed(state)
  }
  // A block may be deleted while its page is read; only damage begins a new generation.
  const isDamage = lost.length > 0 && (await blocks.usage()).generation !== generation
  return { state, bytes: read, damaged: isDamage ? lost : [] }
}

/** Listing from the start costs a page of names per thousand blocks, little beside reading them. */
async function pageAfter(blocks: BlockStore, shelf: Shelf, after: BlockId | null): Promise<readonly ListedBlock[]> {
  for await (const page of blocks.list(shelf)) {
    const rest = page.filter(({ id }) => after === null || id > after)
    if (rest.length > 0) return rest
  }
  return []
}

/** What is not as we wrote it is as if it were not there. */
function parse(bytes: Uint8Array | undefined): ScrubState | undefined {
  try {
    const { roundAtMs, at } = JSON.parse(new TextDecoder().decode(bytes))
    const isShelf = at?.shelf === 'fragment' || at?.shelf === 'manifest'
    const isPlace = at === 'done' || (isShelf && (at.after === null || typeof at.after === 'string'))
    return Number.isFinite(roundAtMs) && isPlace ? { roundAtMs, at } : undefined
  } catch {
    return undefined
  }
}

function wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, done)
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
