/**
 * What the person of this device said about files: paused, cancelled, kept whole; and that the device lets go of all it
 * can. Kept in the store, so a reload does not forget, and told to the other tabs of the device.
 */
import type { FileWish } from '../../core/storage/file-state.ts'
import type { ValueStore } from '../../ports/block-store.ts'
import { type FileId, parseFileId, type RoomId } from '../../protocol/ids.ts'

export type Wish = FileWish | 'pinned'

export type WishBook = {
  wish(id: FileId): FileWish | undefined
  isPinned(id: FileId): boolean
  /** The device keeps nothing for the room that others can keep. */
  readonly isReleasing: boolean
  setWish(id: FileId, wish: FileWish | undefined): void
  setPinned(id: FileId, isPinned: boolean): void
  setReleasing(isReleasing: boolean): void
  /** Another tab of the device saved something. */
  reload(): Promise<void>
  readonly loaded: Promise<void>
}

const RELEASED = 'released'

export function openWishes(room: RoomId, values: ValueStore, changed: () => void): WishBook {
  const key = `files/${room}/wishes`
  let wishes = new Map<FileId, FileWish>()
  let pins = new Set<FileId>()
  let isReleasing = false
  let saving: Promise<void> = Promise.resolve()

  const change = () => {
    const lines = [
      ...[...wishes].map(([id, wish]) => `${id} ${wish}`),
      ...[...pins].map((id) => `${id} pinned`),
      ...(isReleasing ? [RELEASED] : []),
    ]
    const bytes = new TextEncoder().encode(lines.join('\n'))
    // One after the other, or an older list could land last. A wish that cannot be saved holds until the reload.
    saving = saving.then(() => values.save(key, bytes)).catch(() => undefined)
    changed()
  }
  const read = async () => {
    await saving
    const bytes = await values.load(key)
    if (bytes === undefined) return
    const lines = parse(bytes)
    wishes = new Map(lines.flatMap(({ id, wish }) => (wish === 'pinned' ? [] : [[id, wish] as const])))
    pins = new Set(lines.filter(({ wish }) => wish === 'pinned').map(({ id }) => id))
    isReleasing = new TextDecoder().decode(bytes).split('\n').includes(RELEASED)
    changed()
  }
  const reload = () => read().catch(() => undefined)
  return {
    wish: (id) => wishes.get(id),
    isPinned: (id) => pins.has(id),
    get isReleasing() {
      return isReleasing
    },
    setWish(id, wish) {
      if (wish === undefined) wishes.delete(id)
      else wishes.set(id, wish)
      change()
    },
    setPinned(id, isPinned) {
      if (isPinned) pins.add(id)
      else pins.delete(id)
      change()
    },
    setReleasing(is) {
      isReleasing = is
      change()
    },
    reload,
    loaded: reload(),
  }
}

function parse(bytes: Uint8Array): { id: FileId; wish: Wish }[] {
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .flatMap((line) => {
      const [text = '', wish] = line.split(' ')
      const id = parseFileId(text)
      return id !== undefined && (wish === 'paused' || wish === 'cancelled' || wish === 'pinned') ? [{ id, wish }] : []
    })
}
