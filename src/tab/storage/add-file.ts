/** Adds one file to this device: blocks made, stored and published, and on any failure taken away again. */
import { cleanFileName } from '../../core/storage/file-name.ts'
import type { PutOptions } from '../../ports/asterism.ts'
import type { BlockStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileGateway } from '../../ports/file-gateway.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { BlockId, RoomId } from '../../protocol/ids.ts'
import type { FileRecord } from '../../protocol/room-state.ts'
import type { Importer } from './importer.ts'

export type FileData = Blob | AsyncIterable<Uint8Array>

export type AddParts = {
  readonly room: RoomId
  readonly blocks: BlockStore
  readonly gateway: FileGateway
  readonly importer: Importer
  readonly locks: LockManager | undefined
  readonly clock: Clock
}

/** Held shared by who adds and alone by who sweeps: blocks of an unfinished file belong to no file yet. */
const ADDING = 'asterism-adding'

const SWEEP_AGAIN_MS = 5_000
const TYPE_CHARS = 255

/** What is known of a file before it was read; `bytes` of a stream is known at its end. */
export type Draft = Omit<FileRecord, 'root'>

export function draftOf(data: FileData, { name, type }: PutOptions, by: Pick<Draft, 'id' | 'addedBy' | 'addedAtMs'>): Draft {
  const isBlob = data instanceof Blob
  const isStream = typeof data === 'object' && data !== null && Symbol.asyncIterator in data
  if (!isBlob && !isStream) throw new RoomError('file-invalid', 'neither a Blob nor an async iterable')
  const said = type ?? (isBlob ? data.type : '')
  return { ...by, name: cleanFileName(name), type: said.slice(0, TYPE_CHARS), bytes: isBlob ? data.size : 0 }
}

/** Throws `aborted`, `quota-exceeded`, `file-invalid`; then nothing of the file is left. */
export async function addFile(
  parts: AddParts,
  draft: Draft,
  data: FileData,
  { signal, onStored }: { signal: AbortSignal; onStored: (doneBytes: number) => void },
): Promise<FileRecord> {
  const { room, blocks, gateway, importer, locks } = parts
  const stored: BlockId[] = []
  const add = async (): Promise<FileRecord> => {
    const { root, bytes } = await importer.run(
      data,
      async (batch, doneBytes) => {
        stored.push(...batch.map(({ id }) => id))
        await blocks.putMany(batch)
        onStored(doneBytes)
      },
      signal,
    )
    const record = { ...draft, root, bytes }
    await gateway.publish(room, [record])
    if (signal.aborted) throw new RoomError('aborted')
    return record
  }
  try {
    return await (locks === undefined ? add() : locks.request(ADDING, { mode: 'shared' }, add))
  } catch (error) {
    await gateway.unpublish(room, [draft.id]).catch(() => undefined)
    await sweep(parts, stored)
    throw signal.aborted ? new RoomError('aborted') : error
  }
}

/**
 * Deletes blocks that no file of this device needs. While anybody adds a file it is put off, not queued for: a lock that
 * waits alone would keep every new file waiting behind it.
 */
export async function sweep(parts: Pick<AddParts, 'gateway' | 'locks' | 'clock'>, ids: readonly BlockId[]): Promise<void> {
  if (ids.length === 0) return
  const { gateway, locks, clock } = parts
  const run = async (lock: Lock | null) => {
    if (lock === null) clock.after(SWEEP_AGAIN_MS, () => void sweep(parts, ids))
    // Blocks that could not be deleted only take up room; the next sweep of the same file takes them.
    else await gateway.sweep(ids).catch(() => undefined)
  }
  if (locks === undefined) await gateway.sweep(ids).catch(() => undefined)
  else await locks.request(ADDING, { ifAvailable: true }, run)
}
