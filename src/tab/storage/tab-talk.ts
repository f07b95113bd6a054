/**
 * The tabs of one device in one room tell each other that the person wished something, what was read, and what the
 * leader fetches. All are our own origin; nothing here decides what is stored.
 */
import type { FileState } from '../../ports/asterism.ts'
import type { FileId, RoomId } from '../../protocol/ids.ts'
import type { ObjectId } from '../../protocol/object.ts'

type Said =
  /** Wishes were saved; `retry`: this file is to be tried again. */
  | { readonly t: 'wishes'; readonly retry: FileId | undefined }
  | { readonly t: 'read'; readonly object: ObjectId }
  | { readonly t: 'states'; readonly states: readonly (readonly [FileId, FileState])[] }

export type TabTalk = {
  wishes(retry?: FileId): void
  read(object: ObjectId): void
  states(states: readonly (readonly [FileId, FileState])[]): void
  close(): void
}

export function openTabTalk(
  room: RoomId,
  hear: {
    wishes: (retry: FileId | undefined) => void
    read: (object: ObjectId) => void
    states: (states: readonly (readonly [FileId, FileState])[]) => void
  },
): TabTalk {
  const channel = new BroadcastChannel(`asterism-files-${room}`)
  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data.t === 'wishes') hear.wishes(data.retry)
    else if (data.t === 'read') hear.read(data.object)
    else hear.states(data.states)
  }
  const say = (said: Said) => channel.postMessage(said)
  return {
    wishes: (retry) => say({ t: 'wishes', retry }),
    read: (object) => say({ t: 'read', object }),
    states: (states) => say({ t: 'states', states }),
    close: () => channel.close(),
  }
}
