/**
 * The tabs of one device in one room tell each other what the person wished, and the leader what it fetches. All are our
 * own origin; nothing here decides what is stored.
 */
import type { FileWish } from '../../core/storage/replicate.ts'
import type { FileState } from '../../ports/asterism.ts'
import type { FileId, RoomId } from '../../protocol/ids.ts'

type Said =
  | { readonly t: 'wish'; readonly id: FileId; readonly wish: FileWish | undefined }
  | { readonly t: 'states'; readonly states: readonly (readonly [FileId, FileState])[] }

export type TabTalk = {
  wish(id: FileId, wish: FileWish | undefined): void
  states(states: readonly (readonly [FileId, FileState])[]): void
  close(): void
}

export function openTabTalk(
  room: RoomId,
  hear: { wish: (id: FileId, wish: FileWish | undefined) => void; states: (states: readonly (readonly [FileId, FileState])[]) => void },
): TabTalk {
  const channel = new BroadcastChannel(`asterism-files-${room}`)
  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data.t === 'wish') hear.wish(data.id, data.wish)
    else hear.states(data.states)
  }
  return {
    wish: (id, wish) => channel.postMessage({ t: 'wish', id, wish } satisfies Said),
    states: (states) => channel.postMessage({ t: 'states', states } satisfies Said),
    close: () => channel.close(),
  }
}
