/** What this device keeps, for whom, and its owner's bound. */
import { rowBytesOf } from '../../core/storage/layout.ts'
import type { DeviceStorage } from '../../ports/asterism.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { RELEASE_QUIET_MS } from '../../protocol/limits.ts'
import type { ObjectId } from '../../protocol/object.ts'
import type { OwnDevice } from './device-record.ts'
import type { WishBook } from './file-wishes.ts'
import type { OwnHoldings } from './own-holdings.ts'
import type { RoomFacts } from './room-facts.ts'
import type { SignedRecords } from './signed-records.ts'

export type StorageParts = {
  readonly blocks: BlockStore
  readonly clock: Clock
  readonly records: SignedRecords
  readonly facts: RoomFacts
  readonly holdings: OwnHoldings
  readonly own: OwnDevice
  readonly wishes: WishBook
  readonly nameOf: (device: DeviceId) => string
  readonly signal: AbortSignal
  /** Wishes or bounds of the device changed. */
  readonly changed: () => void
}

const LOOK_MS = 500

export function deviceStorage(parts: StorageParts): DeviceStorage {
  const { blocks, own, wishes, changed } = parts
  return {
    get keptBytes() {
      return own.usage?.keptBytes ?? 0
    },
    get markedBytes() {
      return own.usage?.markedBytes ?? 0
    },
    get quotaBytes() {
      return own.usage?.ownerQuotaBytes ?? 0
    },
    get browserQuotaBytes() {
      return own.usage?.quotaBytes ?? 0
    },
    get persisted() {
      return own.usage?.persisted ?? false
    },
    get keptFor() {
      return keptFor(parts)
    },
    async setQuota(bytes) {
      if (!Number.isFinite(bytes) || bytes < 0) throw new RoomError('quota-exceeded', 'not an amount of bytes')
      await blocks.setOwnerQuota(Math.floor(bytes))
      // Whoever sets a bound wants to keep something again.
      if (wishes.isReleasing) wishes.setReleasing(false)
      changed()
      await own.look()
    },
    release: () => release(parts),
  }
}

/** Bytes of rows of each object go in equal parts to the files that point at it. */
function keptFor({ records, facts, holdings, nameOf }: StorageParts): DeviceStorage['keptFor'] {
  const sums = new Map<DeviceId, { bytes: number; files: number }>()
  const shares = new Map<ObjectId, number>()
  for (const file of records.files.entries.values()) {
    const share = shares.get(file.object) ?? shareOf(file.object)
    shares.set(file.object, share)
    if (share === 0) continue
    const before = sums.get(file.addedBy) ?? { bytes: 0, files: 0 }
    sums.set(file.addedBy, { bytes: before.bytes + share, files: before.files + 1 })
  }
  return [...sums]
    .map(([device, { bytes, files }]) => ({ device, name: nameOf(device), bytes: Math.round(bytes), files }))
    .sort((a, b) => b.bytes - a.bytes)

  function shareOf(object: ObjectId): number {
    const known = facts.object(object)
    if (known === undefined) return 0
    const { kept, marked } = holdings.get(object)
    return ((kept.size + marked.size) * rowBytesOf(known.bytes, known.layout.k)) / known.pointers
  }
}

/**
 * The device says that it keeps nothing any more; plans go on without it, others fetch, and what is spare then is erased.
 * It is over when nothing more went for a while: what nobody else has stays.
 */
async function release({ blocks, clock, own, wishes, signal, changed }: StorageParts): Promise<number> {
  await own.look()
  const before = own.usage?.keptBytes ?? 0
  wishes.setReleasing(true)
  changed()
  await own.look()
  let least = before
  let changedAtMs = clock.monotonicMs()
  while (!signal.aborted && clock.monotonicMs() - changedAtMs < RELEASE_QUIET_MS) {
    await new Promise<void>((resolve) => clock.after(LOOK_MS, resolve))
    const { keptBytes } = await blocks.usage()
    if (keptBytes < least) changedAtMs = clock.monotonicMs()
    least = Math.min(least, keptBytes)
    if (keptBytes === 0) break
  }
  await own.look()
  return Math.max(0, before - least)
}
