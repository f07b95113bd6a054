/** The parts of a room's files in one tab, and which of them hears of what. */
import type { FileState } from '../../ports/asterism.ts'
import type { BlockStore, ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileGateway } from '../../ports/file-gateway.ts'
import type { Links } from '../../ports/link.ts'
import type { Presence, RoomState } from '../../ports/room-state.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { BlockId, DeviceId, FileId, RoomId } from '../../protocol/ids.ts'
import { sweep } from './add-file.ts'
import { announceCopies } from './announce-copies.ts'
import { BlockFetcher } from './fetch-blocks.ts'
import { FileList } from './file-list.ts'
import { openWishes } from './file-wishes.ts'
import type { ImporterPort } from './importer.ts'
import { FilePuts } from './put-files.ts'
import { openBlockReader } from './read-blocks.ts'
import { Replication } from './replicate-files.ts'
import { startImporter } from './start-importer.ts'
import { openTabTalk } from './tab-talk.ts'
import { FilesTeller } from './tell-files.ts'

export type FilesSurroundings = {
  readonly room: RoomId
  readonly device: DeviceId
  readonly state: RoomState
  readonly presence: Presence
  readonly links: Links
  readonly blocks: BlockStore
  readonly values: ValueStore
  readonly gateway: FileGateway
  readonly clock: Clock
  readonly nameOf: (device: DeviceId) => string
  readonly random: (bytes: number) => Bytes
  readonly signal: AbortSignal
  readonly notify: (code: RoomErrorCode, detail: string) => void
  /** The tab's own by default. */
  readonly importer?: () => ImporterPort
  readonly locks?: LockManager | undefined
}

/** `wishesChanged`: what shall be fetched is another matter now. */
export function makeParts(around: FilesSurroundings, wishesChanged: () => void) {
  const { room, device, state, links, blocks, gateway, clock, notify } = around
  const locks = 'locks' in around ? around.locks : globalThis.navigator?.locks
  /** What the leading tab said last. */
  const told = new Map<FileId, FileState>()
  const changed = () => teller.soon()
  const letGo = (roots: readonly BlockId[]) => void sweep({ gateway, locks, clock }, roots)

  const wishes = openWishes(room, around.values, wishesChanged)
  const announcer = announceCopies(state, device, clock, () => teller.next())
  const fetcher = new BlockFetcher(blocks, clock, {
    complete: (file) => {
      replication.complete(file)
      queueMicrotask(() => replication.walkMore())
    },
    short: (file) => replication.short(file),
    failed: (file, code) => {
      replication.failed.set(file, code)
      notify(code, `file ${file}`)
    },
    stored: () => replication.gained(),
    notify,
    changed,
  })
  const replication = new Replication({ ...around, wishes, announcer, fetcher, letGo })
  const reader = openBlockReader({ blocks, fetcher, replication, notify })
  const talk = openTabTalk(room, {
    wish: (id, wish) => {
      wishes.hear(id, wish)
      if (wish === undefined) replication.retry(id)
      else replication.stop(id)
    },
    states: (states) => {
      told.clear()
      for (const [id, said] of states) told.set(id, said)
      changed()
    },
  })
  const puts = new FilePuts({
    ...around,
    locks,
    importer: around.importer ?? startImporter,
    changed,
    added: (file) => replication.added(file),
  })
  const list = new FileList({
    ...around,
    deviceOf: (tab) => links.get(tab)?.device,
    isHere: (of) => links.all().some((link) => link.device === of),
    replication,
    fetcher,
    wishes,
    adding: puts.adding,
    told,
  })
  const teller: FilesTeller = new FilesTeller({
    ...around,
    list,
    fetcher,
    replication,
    isAdding: () => puts.adding.size > 0,
    tellTabs: talk.states,
  })
  return { locks, wishes, announcer, fetcher, replication, reader, talk, puts, list, teller }
}
