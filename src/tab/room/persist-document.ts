/**
 * The document on this device's disk, sealed. A change made here is on disk a moment later, however many follow it: a
 * page that goes has no time left to seal anything. On disk it is two values: the whole document as it once was, and
 * everything since; so a line of chat in a room of 10,000 files costs a line. What is loaded is merged, so two tabs of
 * one device that both save lose nothing that either has seen.
 */
import * as Y from 'yjs'
import { seal, unseal } from '../../pipeline/seal.ts'
import type { ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import { type Bytes, ownBytes } from '../../protocol/bytes.ts'
import { encodeFrame } from '../../protocol/frame.ts'
import type { RoomId, TabId } from '../../protocol/ids.ts'

/** Changes of one moment are written together; what a reload right after a message may cost. */
const WRITE_AFTER_MS = 100
/** What others wrote they have too: it waits until most of it is here, since a newcomer to a large room has other things to do. */
const WRITE_OTHERS_AFTER_MS = 3_000
/** When what came since is larger than this, and than an eighth of the whole, the whole is written again. */
const RECENT_BYTES = 128 * 1024
const RECENT_SHARE = 8
/** A large document is written less often, so that making it ready takes a tenth of the page's time at most. */
const REST_FACTOR = 10
/** A full disk is tried again this much later. */
const AFTER_FAILURE_MS = 10_000

export type DocumentKeeper = {
  load(): Promise<void>
  flush(): Promise<void>
  /** Takes in what a member sent. Throws when it is no update. */
  apply(update: Bytes, from: TabId): void
}

export function keepDocument(options: {
  doc: Y.Doc
  room: RoomId
  key: CryptoKey
  values: ValueStore
  clock: Clock
  signal: AbortSignal
  failed: (cause: unknown) => void
}): DocumentKeeper {
  const { doc, room, key, values, clock, signal } = options
  const name = `room/${room}/document`
  const recentName = `${name}/recent`
  const context: Bytes = encodeFrame(['asterism document 1', room])
  let waiting: { readonly atMs: number; readonly cancel: () => void } | undefined
  /** What the whole on disk holds; undefined: there is none. */
  let whole: { readonly vector: Uint8Array; readonly bytes: number } | undefined
  /** Nearly all of the document, as it came; `vector`: what it holds. */
  let arrived: { readonly update: Bytes; readonly vector: Uint8Array } | undefined
  let restUntilMs = Number.NEGATIVE_INFINITY
  let hasRecent = false
  let isDirty = false
  let hasFailed = false
  let isWriting = false
  let writing: Promise<void> = Promise.resolve()

  /** Gives how long to rest before the next. */
  const write = async (): Promise<number> => {
    if (!isDirty) return WRITE_AFTER_MS
    isDirty = false
    isWriting = true
    try {
      if (arrived !== undefined) await writeArrived(arrived)
      return await writeChanges()
    } catch (cause) {
      isDirty = true
      if (!hasFailed) options.failed(cause)
      hasFailed = true
      return AFTER_FAILURE_MS
    } finally {
      isWriting = false
    }
  }
  const writeArrived = async (all: NonNullable<typeof arrived>): Promise<void> => {
    await values.save(name, await seal(key, all.update, context))
    whole = { vector: all.vector, bytes: all.update.byteLength }
    arrived = undefined
  }
  const writeChanges = async (): Promise<number> => {
    const startedAtMs = clock.monotonicMs()
    const recent = whole && Y.encodeStateAsUpdate(doc, whole.vector)
    const isSmall = whole !== undefined && recent !== undefined && recent.byteLength <= Math.max(RECENT_BYTES, whole.bytes / RECENT_SHARE)
    const vector = Y.encodeStateVector(doc)
    const update = ownBytes(isSmall ? recent : Y.encodeStateAsUpdate(doc))
    const workMs = clock.monotonicMs() - startedAtMs
    await values.save(isSmall ? recentName : name, await seal(key, update, context))
    if (isSmall) hasRecent = true
    else {
      whole = { vector, bytes: update.byteLength }
      if (hasRecent) await values.save(recentName, null)
      hasRecent = false
    }
    hasFailed = false
    return Math.max(WRITE_AFTER_MS, REST_FACTOR * workMs)
  }
  const flush = (): Promise<void> => {
    waiting?.cancel()
    waiting = undefined
    writing = writing.then(write).then((restMs) => {
      restUntilMs = clock.monotonicMs() + restMs
      if (isDirty) writeAfter(0)
    })
    return writing
  }
  const writeAfter = (delayMs: number): void => {
    const nowMs = clock.monotonicMs()
    const atMs = Math.max(nowMs + delayMs, restUntilMs)
    if (signal.aborted || (waiting !== undefined && waiting.atMs <= atMs)) return
    waiting?.cancel()
    waiting = { atMs, cancel: clock.after(atMs - nowMs, () => void flush()) }
  }
  // Not `update`, for which the document would write down each change.
  doc.on('afterTransaction', ({ origin, changed, local }: Y.Transaction) => {
    if (origin === keepDocument || changed.size === 0 || signal.aborted) return
    isDirty = true
    if (!isWriting) writeAfter(local ? WRITE_AFTER_MS : WRITE_OTHERS_AFTER_MS)
  })
  signal.addEventListener('abort', () => waiting?.cancel())

  return {
    flush,
    /** What a newcomer gets first goes to the disk as it came: writing ten thousand files down anew takes most of a second. */
    apply(update, from) {
      const isMost = arrived === undefined && update.byteLength > Math.max(RECENT_BYTES, RECENT_SHARE * (whole?.bytes ?? 0))
      const before = isMost ? Y.decodeStateVector(Y.encodeStateVector(doc)) : undefined
      Y.applyUpdate(doc, update, from)
      if (before === undefined) return
      // What was here before is not in it, and is written as a change.
      const vector = Y.decodeStateVector(Y.encodeStateVector(doc))
      for (const client of before.keys()) vector.delete(client)
      arrived = { update, vector: Y.encodeStateVector(vector) }
    },
    async load() {
      const read = async (of: string) => {
        const sealed = await values.load(of)
        return sealed && unseal(key, sealed, context)
      }
      const [update, recent] = await Promise.all([read(name), read(recentName)])
      if (update !== undefined) {
        Y.applyUpdate(doc, update, keepDocument)
        whole = { vector: Y.encodeStateVector(doc), bytes: update.byteLength }
      }
      hasRecent = recent !== undefined
      if (recent !== undefined) Y.applyUpdate(doc, recent, keepDocument)
    },
  }
}
