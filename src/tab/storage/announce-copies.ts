/** Tells the room which files this device holds, many at a time: 10,000 small files are a few updates, not 10,000. */
import type { Clock } from '../../ports/clock.ts'
import type { RoomState } from '../../ports/room-state.ts'
import type { DeviceId, FileId } from '../../protocol/ids.ts'
import { ANNOUNCE_MS } from '../../protocol/limits.ts'
import { copyKey } from '../../protocol/room-state.ts'

export type Announcer = {
  hold(file: FileId): void
  /** At once: a copy that does not exist must not stand a moment longer. */
  withdraw(files: readonly FileId[]): void
  close(): void
}

export function announceCopies(state: RoomState, device: DeviceId, clock: Clock, announced: () => void): Announcer {
  const held = new Set<FileId>()
  let stop: (() => void) | undefined
  let toldAtMs = Number.NEGATIVE_INFINITY
  const tell = () => {
    stop = undefined
    toldAtMs = clock.monotonicMs()
    const atMs = clock.nowMs()
    const isNews = (file: FileId) => state.files.get(file) !== undefined && state.copies.get(copyKey(file, device)) === undefined
    const news = [...held].filter(isNews).map((file) => [copyKey(file, device), { atMs }] as const)
    held.clear()
    if (news.length === 0) return
    state.copies.setMany(new Map(news))
    announced()
  }
  return {
    hold(file) {
      held.add(file)
      stop ??= clock.after(Math.max(0, toldAtMs + ANNOUNCE_MS - clock.monotonicMs()), tell)
    },
    withdraw(files) {
      for (const file of files) held.delete(file)
      const keys = files.map((file) => copyKey(file, device)).filter((key) => state.copies.get(key) !== undefined)
      if (keys.length > 0) state.copies.deleteMany(keys)
    },
    close() {
      stop?.()
      tell()
    },
  }
}
