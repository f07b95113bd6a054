/**
 * Which files the person of this device paused or cancelled: kept in the store, so a reload does not forget, and told to
 * the other tabs of the device.
 */
import type { FileWish, FileWishes } from '../../core/storage/replicate.ts'
import type { ValueStore } from '../../ports/block-store.ts'
import { type FileId, parseFileId, type RoomId } from '../../protocol/ids.ts'

export type WishBook = {
  readonly wishes: FileWishes
  set(id: FileId, wish: FileWish | undefined): void
  /** As told by another tab, which has saved it already. */
  hear(id: FileId, wish: FileWish | undefined): void
  readonly loaded: Promise<void>
}

export function openWishes(room: RoomId, values: ValueStore, changed: () => void): WishBook {
  const key = `files/${room}/wishes`
  const wishes = new Map<FileId, FileWish>()
  let saving: Promise<void> = Promise.resolve()
  const change = (id: FileId, wish: FileWish | undefined) => {
    if (wish === undefined) wishes.delete(id)
    else wishes.set(id, wish)
    changed()
  }
  // One after the other, or an older list could land last. A wish that cannot be saved holds until the reload.
  const save = () => {
    saving = saving.then(() => values.save(key, encodeWishes(wishes))).catch(() => undefined)
  }
  const loaded = values.load(key).then(
    (bytes) => {
      for (const [id, wish] of bytes === undefined ? [] : decodeWishes(bytes)) if (!wishes.has(id)) wishes.set(id, wish)
      changed()
    },
    () => undefined,
  )
  return {
    wishes,
    loaded,
    hear: change,
    set(id, wish) {
      change(id, wish)
      save()
    },
  }
}

function encodeWishes(wishes: FileWishes): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode([...wishes].map(([id, wish]) => `${id} ${wish}`).join('\n'))
}

function decodeWishes(bytes: Uint8Array): [FileId, FileWish][] {
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .flatMap((line) => {
      const [text = '', wish] = line.split(' ')
      const id = parseFileId(text)
      return id !== undefined && (wish === 'paused' || wish === 'cancelled') ? [[id, wish] as [FileId, FileWish]] : []
    })
}
