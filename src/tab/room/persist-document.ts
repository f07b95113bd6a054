/**
 * The document on this device's disk, sealed. Changes are written together after a short quiet, and at once when the tab
 * goes. What is loaded is merged, so two tabs of one device that both save lose nothing that either has seen.
 */
import * as Y from 'yjs'
import type { ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import { type Bytes, ownBytes } from '../../protocol/bytes.ts'
import { encodeFrame } from '../../protocol/frame.ts'
import type { RoomId } from '../../protocol/ids.ts'
import { seal, unseal } from './seal.ts'

const QUIET_MS = 1_000

export type DocumentKeeper = { load(): Promise<void>; flush(): Promise<void> }

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
  const context: Bytes = encodeFrame(['asterism document 1', room])
  let cancelWait: (() => void) | undefined
  let isDirty = false

  const flush = async () => {
    if (!isDirty) return
    isDirty = false
    try {
      await values.save(name, await seal(key, ownBytes(Y.encodeStateAsUpdate(doc)), context))
    } catch (cause) {
      isDirty = true
      options.failed(cause)
    }
  }
  doc.on('update', (_update: Uint8Array, origin: unknown) => {
    if (origin === keepDocument || signal.aborted) return
    isDirty = true
    cancelWait?.()
    cancelWait = clock.after(QUIET_MS, () => void flush())
  })
  signal.addEventListener('abort', () => cancelWait?.())

  return {
    flush,
    async load() {
      const sealed = await values.load(name)
      const update = sealed && (await unseal(key, sealed, context))
      if (update !== undefined) Y.applyUpdate(doc, update, keepDocument)
    },
  }
}
