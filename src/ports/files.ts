/** The public API, files: what a room keeps and how safe it is. Part of `asterism.ts`; docs/api.md explains it by example. */
import type { RoomErrorCode } from '../protocol/errors.ts'
import type { DeviceId, FileId } from '../protocol/ids.ts'

export type Listener = () => void
export type Unsubscribe = () => void

export interface Files {
  list(): readonly RoomFile[]
  /**
   * Adds a file. Resolves when it is sealed and stored on this device and the room knows of it, or later, as `until`
   * says; copies to other devices follow by themselves. Throws `quota-exceeded`, `file-invalid`, `profile-invalid`,
   * `aborted`; then nothing of it is left behind.
   */
  put(data: Blob | AsyncIterable<Uint8Array>, options: PutOptions): Promise<RoomFile>
  /** Adds many, small ones packed together; `folder` of each keeps a folder's shape. Resolves when all are stored here. */
  putMany(files: Iterable<NewFile>, options?: PutManyOptions): Promise<readonly RoomFile[]>
  /** Bytes in order, each checked; fetched from members when not held here. Throws `file-not-found`, `block-missing`, `aborted`. */
  get(id: FileId, options?: GetOptions): AsyncIterable<Uint8Array>
  /**
   * Everything the room knows of how safe a file is; with `profile`, how safe it would be and what it would cost when kept
   * that way (`FileStat.profile` says which way the figures are of). Throws `file-not-found`, `profile-invalid`.
   */
  stat(id: FileId, profile?: string): FileStat
  /**
   * The file as a CAR (version 1) of UnixFS blocks, which any IPFS tool reads. The last value of the iterator is followed by the
   * end; `root` settles then, and is `RoomFile.root` for the profile `unixfs-v1-2025`.
   */
  exportCar(id: FileId, options?: ExportOptions): CarExport
  /**
   * Address that streams the file with Range, for `<video src>` and links; `download` names it as an attachment. Undefined
   * in a room that is `memory-only`: there `get` is the way to the bytes.
   */
  url(id: FileId, options?: { download?: boolean }): string | undefined
  pause(id: FileId): void
  resume(id: FileId): void
  /** Stops adding or fetching; a file already in the room stays with those who hold it. */
  cancel(id: FileId): void
  /** Keeps all of it on this device, whatever the plan says; `false`: only what the plan says. */
  pin(id: FileId, whole: boolean): void
  /** How safe the file shall be from now on. Throws `profile-invalid`. */
  setProfile(id: FileId, profile: string): void
  /** Puts the file into the bin, for everybody; gone for good after 24 hours. */
  remove(id: FileId): void
  /** Takes it out of the bin; false when it is not there any more. */
  undo(id: FileId): boolean
  /** Newest first. */
  bin(): readonly BinnedFile[]
  /** What this device keeps, for this room and others, and its owner's bound. */
  readonly storage: DeviceStorage
  subscribe(listener: Listener): Unsubscribe
}

export type PutOptions = {
  readonly name: string
  readonly type?: string
  /** `/` between names; a label, shown and used in archives. */
  readonly folder?: string
  /**
   * `nines(0.999)` (the default): readable with that probability when somebody comes, by the least storage.
   * `raid1(3)`: so many copies. `raid0`, `raid5`, `raid6`, `raid10`: as on disks, with devices in their place.
   */
  readonly profile?: string
  /** A key of its own: equal files are not recognised, in the room or by whoever guesses at their content. */
  readonly sensitive?: boolean
  /** `stored`: on this device. `safe`: enough devices have it that any two may be lost. `spread`: as the plan wants it. */
  readonly until?: 'stored' | 'safe' | 'spread'
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}
export type NewFile = { readonly data: Blob; readonly name: string; readonly folder?: string; readonly type?: string }
export type PutManyOptions = Pick<PutOptions, 'profile' | 'sensitive' | 'signal' | 'onProgress'>
export type GetOptions = {
  readonly offset?: number
  readonly length?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}
export type ExportOptions = { readonly profile?: 'unixfs-v1-2025' | 'unixfs-v0-2015'; readonly signal?: AbortSignal }
export type CarExport = AsyncIterable<Uint8Array> & { readonly root: Promise<string> }
export type Progress = { readonly doneBytes: number; readonly totalBytes: number }

export type RoomFile = {
  readonly id: FileId
  readonly name: string
  readonly folder: string
  readonly type: string
  readonly bytes: number
  readonly root: string
  readonly addedBy: string
  readonly addedAtMs: number
  /** One entry per device that has something of it, this device first. */
  readonly copies: readonly FileCopy[]
  /** What this device does with it. */
  readonly state: FileState
  readonly safety: FileSafety
}

export type FileCopy = {
  readonly device: DeviceId
  readonly name: string
  readonly isHere: boolean
  readonly isMyDevice: boolean
  /** `whole`: the file can be read from this device alone. `part`: a share that needs others. `spare`: may be erased when room is needed. */
  readonly share: 'whole' | 'part' | 'spare'
}

/** In short, for a row of the list. */
export type FileSafety = {
  /**
   * `one-copy`: losing one device may lose it. `spreading`: copies are on their way. `safe`: any two devices may be lost.
   * `spread`: as the plan wants it. `at-risk`: fewer copies than wished and nobody to take more. `unreadable`: too few
   * devices are here to read it now; `lost`: no device that could still come back has enough.
   */
  readonly state: 'one-copy' | 'spreading' | 'safe' | 'spread' | 'at-risk' | 'unreadable' | 'lost'
  /** Devices that may be lost without losing the file. */
  readonly spareDevices: number
}

export type FileStat = FileSafety & {
  readonly profile: string
  /** The person of this device wants all of it here, whatever the plan says. */
  readonly isPinned: boolean
  /** Fragments that are needed to read, and all there are. */
  readonly k: number
  readonly rows: number
  readonly copies: readonly FileCopy[]
  /** 0 to 1: can be read when somebody comes. */
  readonly availability: number
  /** 0 to 1: still exists in 30 days, if nobody did anything about losses meanwhile. */
  readonly durability: number
  /** Bytes on all devices together, over the bytes of the file. */
  readonly overhead: number
  /** When the wish cannot be met: the best that this room can do, and the cheapest remedy, in words. */
  readonly bound: { readonly availability: number; readonly remedy: string } | undefined
  /** Things the plan could not keep to, in words: all devices in one network, fewer than three devices. */
  readonly warnings: readonly string[]
}

export type BinnedFile = {
  readonly id: FileId
  readonly name: string
  readonly bytes: number
  readonly removedBy: string
  readonly removedAtMs: number
  readonly goneAtMs: number
}

export interface DeviceStorage {
  /** Exactly what this device keeps for rooms; `markedBytes` of it goes first when room is needed. */
  readonly keptBytes: number
  readonly markedBytes: number
  /** What the owner allows; never exceeded. */
  readonly quotaBytes: number
  /** What the browser would allow at most; advice. */
  readonly browserQuotaBytes: number
  readonly persisted: boolean
  /** Per member of this room: what this device keeps of the files they added. */
  readonly keptFor: readonly { readonly device: DeviceId; readonly name: string; readonly bytes: number; readonly files: number }[]
  setQuota(bytes: number): Promise<void>
  /** Lets go of everything others can give; the room first makes the copies this leaves lacking. Resolves with the bytes freed. */
  release(): Promise<number>
}

export type FileState =
  /** All of it can be read from this device alone. */
  | { readonly kind: 'held' }
  /** This device keeps its share; opening it asks others for the rest. */
  | { readonly kind: 'part' }
  /** Nothing of it is kept here; opening it asks others. */
  | { readonly kind: 'elsewhere' }
  | ({ readonly kind: 'adding' } & TransferFigures)
  | ({ readonly kind: 'fetching' } & TransferFigures)
  | { readonly kind: 'paused'; readonly doneBytes: number }
  /** Nobody who could give it is here now. */
  | { readonly kind: 'waiting'; readonly doneBytes: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly code: RoomErrorCode; readonly doneBytes: number }

export type TransferFigures = {
  readonly doneBytes: number
  readonly bytesPerSecond: number
  /** undefined in the first three seconds. */
  readonly etaMs: number | undefined
  /** Names of the devices that send. */
  readonly from: readonly string[]
}
