/**
 * Keeps the device's files what the room says they are: walks every file the room lists, fetches what is lacking,
 * announces what is whole, withdraws what is not, and lets go of what was taken out. Only the device's leader does this;
 * other tabs fetch just what someone reads in them.
 */
import { isStuck } from '../../core/storage/assign.ts'
import { type CopiesByFile, copiesByFile, filesToWalk, holdersOf, tabOfDevice, untrueClaims } from '../../core/storage/replicate.ts'
import { type Aside, judgeAside } from '../../core/storage/set-aside.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileGateway } from '../../ports/file-gateway.ts'
import type { Links } from '../../ports/link.ts'
import type { Presence, RoomState } from '../../ports/room-state.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId, DeviceId, FileId, RoomId, TabId } from '../../protocol/ids.ts'
import { FILES_ACTIVE, REFUSED_FOR_MS } from '../../protocol/limits.ts'
import { copyKey, type FileRecord } from '../../protocol/room-state.ts'
import type { Announcer } from './announce-copies.ts'
import type { BlockFetcher } from './fetch-blocks.ts'
import type { WishBook } from './file-wishes.ts'

export type ReplicationParts = {
  readonly room: RoomId
  readonly device: DeviceId
  readonly state: RoomState
  readonly presence: Presence
  readonly links: Links
  readonly gateway: FileGateway
  readonly clock: Clock
  readonly wishes: WishBook
  readonly announcer: Announcer
  readonly fetcher: BlockFetcher
  /** Blocks that no file may need any more. */
  readonly letGo: (roots: readonly BlockId[]) => void
}

export class Replication {
  isLeader = false
  /** Why files of this device could not be fetched. */
  readonly failed = new Map<FileId, RoomErrorCode>()
  /** Bytes held of files that were being walked and are not now. */
  readonly doneBytes = new Map<FileId, number>()
  copies: CopiesByFile = new Map()
  readonly #parts: ReplicationParts
  readonly #walked = new Set<FileId>()
  /** Found not whole, and not made whole since. */
  readonly #lacking = new Set<FileId>()
  /** Set aside because nobody here could give the rest. */
  readonly #aside = new Map<FileId, Aside>()
  #gainedAtMs = Number.NEGATIVE_INFINITY
  #stopResting: (() => void) | undefined
  #published: ReadonlyMap<string, FileRecord> = new Map()
  #tabs: ReadonlyMap<DeviceId, TabId> = new Map()
  #queue: readonly FileRecord[] = []

  constructor(parts: ReplicationParts) {
    this.#parts = parts
  }

  holders(file: FileId): readonly TabId[] {
    return holdersOf(this.copies.get(file), this.#tabs)
  }

  isHeld(file: FileId): boolean {
    return this.copies.get(file)?.includes(this.#parts.device) === true
  }

  /** Everything the room, the links or the person changed is taken in at once. */
  refresh(): void {
    const { links, presence, state, fetcher, device } = this.#parts
    const leaders = presence.all()
    const reachable = links.all().filter((link) => link.state === 'connected' && link.device !== device)
    this.#tabs = tabOfDevice(
      reachable.map(({ peer, device: of }) => ({ tab: peer, device: of, leader: leaders.get(peer)?.leader === true })),
    )
    this.copies = copiesByFile(state.copies.entries().keys())
    this.#takeInFiles(state.files.entries())
    if (this.isLeader) this.#withdrawUntrue()
    for (const { id, holders } of fetcher.state.files.values()) {
      const now = this.holders(id)
      if (now.length !== holders.length || now.some((tab, i) => tab !== holders[i])) fetcher.handle({ kind: 'holders', id, holders: now })
    }
    this.#queue = this.isLeader ? filesToWalk(state.files.entries().values(), this.#walked, this.#parts.wishes.wishes) : []
    this.walkMore()
  }

  /** Fills the places of files that are done or stuck. */
  walkMore(): void {
    const { fetcher, clock } = this.#parts
    if (!this.isLeader) return
    const nowMs = clock.monotonicMs()
    for (const file of [...fetcher.state.files.values()]) {
      if (!isStuck(fetcher.state, file, nowMs)) continue
      this.#aside.set(file.id, { sinceMs: nowMs, hadHolders: file.holders.length > 0 })
      this.stop(file.id)
    }
    for (const { id, root, bytes } of this.#queue) {
      if (fetcher.state.files.size >= FILES_ACTIVE) return
      if (fetcher.state.files.has(id) || this.#walked.has(id) || this.failed.has(id) || this.#isAside(id, nowMs)) continue
      this.#aside.delete(id)
      fetcher.handle({ kind: 'file', id, root, bytes, holders: this.holders(id) })
    }
  }

  complete(file: FileId): void {
    this.#walked.add(file)
    this.#lacking.delete(file)
    this.doneBytes.delete(file)
    this.failed.delete(file)
    this.#parts.announcer.hold(file)
  }

  /** A file put on this device: every block is here. */
  added(file: FileId): void {
    this.#walked.add(file)
    this.gained()
  }

  /** A walk found that something of the file is not here. */
  short(file: FileId): void {
    this.#lacking.add(file)
    this.#parts.announcer.withdraw([file])
  }

  /** The store took blocks in, for whatever file. */
  gained(): void {
    this.#gainedAtMs = this.#parts.clock.monotonicMs()
    if (this.#aside.size > 0) this.#walkAfterRest()
  }

  close(): void {
    this.#stopResting?.()
  }

  stop(file: FileId): void {
    const { fetcher } = this.#parts
    const active = fetcher.state.files.get(file)
    if (active === undefined) return
    this.doneBytes.set(file, active.doneBytes)
    fetcher.handle({ kind: 'stop', id: file })
  }

  /** The person wants it now: what failed or was set aside is tried again. */
  retry(file: FileId): void {
    this.failed.delete(file)
    this.#aside.delete(file)
  }

  /** The store may have lost blocks: everything announced is checked again. */
  recheck(): void {
    this.#walked.clear()
    this.refresh()
  }

  #isAside(file: FileId, nowMs: number): boolean {
    const aside = this.#aside.get(file)
    if (aside === undefined) return false
    const verdict = judgeAside(aside, { nowMs, hasHolders: this.holders(file).length > 0, gainedAtMs: this.#gainedAtMs })
    if (verdict === 'resting') this.#walkAfterRest()
    return verdict !== 'due'
  }

  #walkAfterRest(): void {
    this.#stopResting ??= this.#parts.clock.after(REFUSED_FOR_MS, () => {
      this.#stopResting = undefined
      this.walkMore()
    })
  }

  #withdrawUntrue(): void {
    const { device, state, announcer } = this.#parts
    const untrue = untrueClaims(
      this.copies,
      device,
      (file) => state.files.get(file) !== undefined,
      (file) => this.#lacking.has(file),
    )
    if (untrue.length > 0) announcer.withdraw(untrue)
  }

  #takeInFiles(files: ReadonlyMap<string, FileRecord>): void {
    const before = this.#published
    if (files === before) return
    const { gateway, room, device, state, announcer, letGo } = this.#parts
    const news = [...files.values()].filter(({ id, root }) => before.get(id)?.root !== root)
    const gone = [...before.values()].filter(({ id }) => !files.has(id))
    this.#published = files
    const published = news.length === 0 ? Promise.resolve() : gateway.publish(room, news)
    published.catch(() => undefined)
    if (gone.length === 0) return
    for (const { id } of gone) {
      this.stop(id)
      this.#walked.delete(id)
      this.#lacking.delete(id)
      this.#aside.delete(id)
      this.doneBytes.delete(id)
      this.failed.delete(id)
    }
    announcer.withdraw(gone.map(({ id }) => id).filter((id) => state.copies.get(copyKey(id, device)) !== undefined))
    const unpublished = published.then(() =>
      gateway.unpublish(
        room,
        gone.map(({ id }) => id),
      ),
    )
    unpublished.then(() => this.isLeader && letGo(gone.map(({ root }) => root))).catch(() => undefined)
  }
}
