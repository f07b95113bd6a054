/** The shared document and the presence of a room, in memory: what one tab writes all tabs of the room see at once. */
import type { Presence, RecordMap, RoomState } from '../../src/ports/room-state.ts'
import type { DeviceId, TabId } from '../../src/protocol/ids.ts'
import type { DeviceRecord, HoldingRecord, PlanRecord } from '../../src/protocol/object.ts'
import type { BinRecord, ChatRecord, FileRecord, PresenceRecord, ProfileRecord, SeenRecord } from '../../src/protocol/room-state.ts'
import { WIRE } from '../../src/protocol/wire-version.ts'

export class TwinMap<T> implements RecordMap<T> {
  #entries: ReadonlyMap<string, T> = new Map()
  readonly #listeners = new Set<(keys: ReadonlySet<string>) => void>()
  /** How often the map was written: each time is one update on the wire. */
  writes = 0

  get(key: string): T | undefined {
    return this.#entries.get(key)
  }

  entries(): ReadonlyMap<string, T> {
    return this.#entries
  }

  setMany(records: ReadonlyMap<string, T>): void {
    this.#replace(new Map([...this.#entries, ...records]), new Set(records.keys()))
  }

  deleteMany(keys: readonly string[]): void {
    const next = new Map(this.#entries)
    for (const key of keys) next.delete(key)
    this.#replace(next, new Set(keys))
  }

  subscribe(listener: (keys: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #replace(next: ReadonlyMap<string, T>, keys: ReadonlySet<string>): void {
    this.#entries = next
    this.writes++
    for (const listener of [...this.#listeners]) listener(keys)
  }
}

type ChatLog = RoomState['chat']

class TwinChat implements ChatLog {
  #messages: readonly ChatRecord[] = []
  readonly #listeners = new Set<() => void>()

  messages(): readonly ChatRecord[] {
    return this.#messages
  }

  push(message: ChatRecord): void {
    this.#messages = [...this.#messages, message]
    this.#changed()
  }

  /** As newer ones push it out. */
  dropFirst(): void {
    this.#messages = this.#messages.slice(1)
    this.#changed()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

export class TwinRoomState implements RoomState {
  readonly files = new TwinMap<FileRecord>()
  readonly bin = new TwinMap<BinRecord>()
  readonly seen = new TwinMap<SeenRecord>()
  readonly plans = new TwinMap<PlanRecord>()
  readonly holdings = new TwinMap<HoldingRecord>()
  readonly devices = new TwinMap<DeviceRecord>()
  readonly profiles = new TwinMap<ProfileRecord>()
  readonly chat = new TwinChat()
  /** Tabs that are here. */
  readonly present = new TwinMap<PresenceRecord>()

  /** How often the maps of files were written, all together. */
  get writes(): number {
    return [this.files, this.bin, this.seen, this.plans, this.holdings, this.devices].reduce((sum, map) => sum + map.writes, 0)
  }
}

/** The tab is here until the signal ends. */
export function twinPresence(room: TwinRoomState, self: { tab: TabId; device: DeviceId }, signal: AbortSignal): Presence {
  const own: PresenceRecord = { ...self, wire: WIRE, sequence: 1, leader: false, call: null, sees: [], gone: false }
  const set = (change: Partial<PresenceRecord>) => {
    const before = room.present.get(self.tab) ?? own
    room.present.setMany(new Map([[self.tab, { ...before, ...change, sequence: before.sequence + 1 }]]))
  }
  set({})
  signal.addEventListener('abort', () => room.present.deleteMany([self.tab]))
  return {
    self,
    all: () => room.present.entries() as ReadonlyMap<TabId, PresenceRecord>,
    setCall: (call) => set({ call }),
    setLeader: (leader) => set({ leader }),
    setComposes: (composes) => set({ composes }),
    subscribe: (listener) => room.present.subscribe(() => listener()),
  }
}
