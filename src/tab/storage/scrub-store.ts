/**
 * Reads the device's store through while nothing else happens, so that a copy that rotted is replaced while others still
 * have theirs. Reading is what finds damage: the store drops the block and begins a new generation by itself.
 */
import { firstScrub, type ScrubState, scrubbed, scrubStep, shelfScrubbed, withGeneration } from '../../core/storage/scrub-pace.ts'
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
/** Somebody else may find damage while this tab rests. */
const LOOK_MS = 60_000
/** At most 8 MiB and a tenth of a second; half of a disk's files missing is missed once in 256 times. */
const SAMPLE_BLOCKS = 8

export function scrubStore(blocks: BlockStore, clock: Clock, parts: ScrubParts): void {
  const { signal, locks } = parts
  const work = () => scrub(blocks, clock, parts)
  if (locks === undefined) void work()
  // Rejects only when the signal ends the wait.
  else locks.request('asterism-scrub', { signal }, work).catch(() => undefined)
}

async function scrub(blocks: BlockStore, clock: Clock, { isIdle, damaged, signal, values }: ScrubParts): Promise<void> {
  let state = await values?.load(KEY).then(parse, () => undefined)
  let spentBytes = 0
  let burstAtMs = clock.monotonicMs()
  const tell = (ids: readonly BlockId[]) => void (ids.length === 0 || signal.aborted || damaged(ids))
  tell(await readSample(blocks).catch(() => []))
  while (!signal.aborted) {
    const generation = await blocks.usage().then(
      (usage) => usage.generation,
      () => undefined,
    )
    if (generation === undefined) {
      await wait(clock, RETRY_MS, signal)
      continue
    }
    state ??= firstScrub(clock.nowMs(), generation)
    const sinceMs = clock.monotonicMs() - burstAtMs
    const step = scrubStep(state, { nowMs: clock.nowMs(), generation, isIdle: isIdle(), spentBytes, sinceMs })
    state = step.next
    if (step.kind === 'wait') {
      await wait(clock, Math.min(step.ms, LOOK_MS), signal)
      continue
    }
    burstAtMs = clock.monotonicMs()
    const burst = await readSome(blocks, state, { bytes: step.bytes, isIdle, signal }).catch(() => undefined)
    spentBytes = burst?.bytes ?? step.bytes
    if (burst === undefined) continue
    state = burst.state
    await values?.save(KEY, new TextEncoder().encode(JSON.stringify(state))).catch(() => undefined)
    tell(burst.damaged)
  }
}

/**
 * A few blocks from anywhere, whenever a page opens: a disk that lost many files while the browser was closed is found
 * out at once and not tomorrow. Any damage begins a round.
 */
async function readSample(blocks: BlockStore): Promise<readonly BlockId[]> {
  const { generation } = await blocks.usage()
  const all: BlockId[] = []
  for await (const page of blocks.list('fragment')) for (const { id } of page) all.push(id)
  const [from = 0] = crypto.getRandomValues(new Uint32Array(1))
  const count = Math.min(SAMPLE_BLOCKS, all.length)
  const lost: BlockId[] = []
  for (let index = 0; index < count; index++) {
    const id = all[(from + Math.floor((index * all.length) / count)) % all.length] as BlockId
    if ((await blocks.get(id)) === undefined) lost.push(id)
  }
  return damagedSince(blocks, generation, lost)
}

/** A block may be deleted while it is looked for; only damage begins a new generation. */
async function damagedSince(blocks: BlockStore, generation: string, lost: readonly BlockId[]): Promise<readonly BlockId[]> {
  return lost.length > 0 && (await blocks.usage()).generation !== generation ? lost : []
}

type Burst = { readonly state: ScrubState; readonly bytes: number; readonly damaged: readonly BlockId[] }
type Bounds = { readonly bytes: number; readonly isIdle: () => boolean; readonly signal: AbortSignal }

async function readSome(blocks: BlockStore, from: ScrubState, { bytes, isIdle, signal }: Bounds): Promise<Burst> {
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
  const damaged = await damagedSince(blocks, from.generation, lost)
  if (damaged.length > 0) state = withGeneration(state, (await blocks.usage()).generation)
  return { state, bytes: read, damaged }
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
    const { roundAtMs, generation, at } = JSON.parse(new TextDecoder().decode(bytes))
    const isShelf = at?.shelf === 'fragment' || at?.shelf === 'manifest'
    const isPlace = at === 'done' || (isShelf && (at.after === null || typeof at.after === 'string'))
    return Number.isFinite(roundAtMs) && typeof generation === 'string' && isPlace ? { roundAtMs, generation, at } : undefined
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
