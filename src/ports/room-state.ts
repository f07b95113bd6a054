/** The shared document of a room, as typed maps. Adapters: Yjs in a tab, plain maps in tests. Bad records are skipped on read. */
import type { DeviceId, TabId } from '../protocol/ids.ts'
import type { DeviceRecord, HoldingRecord, PlanRecord } from '../protocol/object.ts'
import type { BinRecord, ChatRecord, FileRecord, PresenceRecord, ProfileRecord, SeenRecord } from '../protocol/room-state.ts'

export interface RecordMap<T> {
  get(key: string): T | undefined
  /** A snapshot that is replaced, never changed, when the map changes. */
  entries(): ReadonlyMap<string, T>
  /** Changes of one call reach other tabs together. */
  setMany(records: ReadonlyMap<string, T>): void
  deleteMany(keys: readonly string[]): void
  /** `keys`: of the records that changed or went. */
  subscribe(listener: (keys: ReadonlySet<string>) => void): () => void
}

export interface RoomState {
  readonly files: RecordMap<FileRecord>
  readonly bin: RecordMap<BinRecord>
  /** Key: `<file id>/<device id>`. */
  readonly seen: RecordMap<SeenRecord>
  readonly plans: RecordMap<PlanRecord>
  /** Key: `holdingKey(object, device)`. */
  readonly holdings: RecordMap<HoldingRecord>
  readonly devices: RecordMap<DeviceRecord>
  readonly profiles: RecordMap<ProfileRecord>
  readonly chat: {
    messages(): readonly ChatRecord[]
    push(message: ChatRecord): void
    subscribe(listener: () => void): () => void
  }
}

/** Who is here now and what they do; this tab included. */
export interface Presence {
  readonly self: { readonly tab: TabId; readonly device: DeviceId }
  all(): ReadonlyMap<TabId, PresenceRecord>
  /** Changes this tab's own record and tells the others. */
  setCall(call: PresenceRecord['call']): void
  setLeader(leader: boolean): void
  setComposes(count: number): void
  subscribe(listener: () => void): () => void
}
