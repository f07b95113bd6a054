/** The shared document and the presence of a room, in memory: what one tab writes all tabs of the room see at once. */
import type { Presence, RecordMap, RoomState } from '../../src/ports/room-state.ts'
import type { DeviceId, TabId } from '../../src/protocol/ids.ts'
import type { ChatRecord, CopyRecord, FileRecord, PresenceRecord, ProfileRecord } from '../../src/protocol/room-state.ts'

class TwinMap<T> implements RecordMap<T> {
  #entries: ReadonlyMap<string, T> = new Map()
  readonly #listeners = new Set<() => void>()
  /** How often the map was written: each time is one update on the wire. */
  writes = 0

  get(key: string): T | undefined {
    return this.#entries.get(key)
  }

  entries(): ReadonlyMap<string, T> {
    return this.#entries
  }

  setMany(records: ReadonlyMap<string, T>): void {
    this.#replace(new Map([...this.#entries, ...records]))
  }

  deleteMany(keys: readonly string[]): void {
    const next = new Map(this.#entries)
    for (const key of keys) next.delete(key)
    this.#replace(next)
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #replace(next: ReadonlyMap<string, T>): void {
    this.#entries = next
    this.writes++
    for (const listener of [...this.#listeners]) listener()
  }
}

export class TwinRoomState implements RoomState {
  readonly files = new TwinMap<FileRecord>()
  readonly copies = new TwinMap<CopyRecord>()
  readonly profiles = new TwinMap<ProfileRecord>()
  readonly chat = { messages: (): readonly ChatRecord[] => [], push: () => {}, subscribe: () => () => {} }
}

export function twinPresence(self: { tab: TabId; device: DeviceId }): Presence & { leader: boolean } {
  const listeners = new Set<() => void>()
  const presence = {
    self,
    leader: false,
    all: () => new Map<TabId, PresenceRecord>(),
    setCall: () => {},
    setLeader(leader: boolean) {
      presence.leader = leader
      for (const listener of listeners) listener()
    },
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return presence
}
