/** The parts of a room's files in one tab, and which of them hears of what. */
import type { RoomFileKeys } from '../../pipeline/file-keys.ts'
import type { FileState } from '../../ports/asterism.ts'
import type { BlockStore, ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileGateway } from '../../ports/file-gateway.ts'
import type { DeviceKey, VerifySignature } from '../../ports/keys.ts'
import type { Links } from '../../ports/link.ts'
import type { Presence, RoomState } from '../../ports/room-state.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { RoomErrorCode } from '../../protocol/errors.ts'
import type { DeviceId, FileId, RoomId, TabId } from '../../protocol/ids.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { Bin } from './bin.ts'
import { OwnDevice } from './device-record.ts'
import { deviceStorage } from './device-storage.ts'
import { EraseUnwanted } from './erase-unwanted.ts'
import { FragmentFetcher } from './fetch-fragments.ts'
import { FileList } from './file-list.ts'
import { openWishes } from './file-wishes.ts'
import type { ImporterPort } from './importer.ts'
import { isVisitorByNature } from './is-visitor.ts'
import { KeepObjects } from './keep-objects.ts'
import { openLastSeen } from './last-seen.ts'
import { LetGo } from './let-go.ts'
import { fragmentMaker } from './make-fragments.ts'
import { ObjectBook } from './object-book.ts'
import { ObjectIndex } from './object-index.ts'
import { objectWishes } from './object-wishes.ts'
import { OwnHoldings } from './own-holdings.ts'
import { PlanObjects } from './plan-objects.ts'
import { publishFiles } from './publish-files.ts'
import { FilePuts } from './put-files.ts'
import { FileReader } from './read-files.ts'
import { RoomFacts } from './room-facts.ts'
import { openSignedRecords } from './signed-records.ts'
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
  readonly keys: RoomFileKeys
  readonly deviceKey: DeviceKey
  readonly verify: VerifySignature
  /** Keyed prefix of this tab's network, as the relay told it. */
  readonly segment: () => Bytes | undefined
  /** This tab's, or that of the tab that bytes go to or come from. */
  readonly isCallRunning: (peer?: TabId) => boolean
  readonly clock: Clock
  readonly nameOf: (device: DeviceId) => string
  readonly random: (bytes: number) => Bytes
  /** Resolves when what was written into the room's document is on this device's disk. */
  readonly saved: () => Promise<void>
  readonly signal: AbortSignal
  readonly notify: (code: RoomErrorCode, detail: string) => void
  /** The tab's own by default. */
  readonly importer?: () => ImporterPort
  readonly locks?: LockManager | undefined
  readonly isVisitor?: () => boolean
}

export type FilesParts = ReturnType<typeof makeParts>

/** `wishesChanged`: what shall be here is another matter now. */
export function makeParts(around: FilesSurroundings, wishesChanged: () => void) {
  const { room, device, deviceKey, state, links, blocks, values, clock, nameOf, verify, isCallRunning, signal, notify } = around
  const locks = 'locks' in around ? around.locks : globalThis.navigator?.locks
  const isVisitor = around.isVisitor ?? isVisitorByNature
  /** What the leading tab said last. */
  const told = new Map<FileId, FileState>()
  const soon = () => teller.soon()
  const changed = (object: ObjectId) => {
    list.changed([object])
    soon()
  }
  const isLeader = () => keep.isReady
  const storageChanged = () => {
    talk.wishes()
    wishesChanged()
  }

  const records = openSignedRecords({ room, state, clock, verify, self: device, isGuard: isLeader, signal })
  const index = new ObjectIndex(records, signal)
  const lastSeen = openLastSeen(room, values, clock, signal)
  const book: ObjectBook = new ObjectBook({
    ...around,
    fetch: (id, until) => fetcher.block(id, until),
    isAlone: () => links.all().every(({ state }) => state !== 'connected'),
    opened: (object) => changed(object),
  })
  const wishes = openWishes(room, values, wishesChanged)
  const own: OwnDevice = new OwnDevice({
    ...around,
    devices: records.devices,
    isVisitor: () => wishes.isReleasing || isVisitor(),
    isLeader,
    changed: soon,
  })
  const facts: RoomFacts = new RoomFacts({ ...around, records, index, book, own: () => own.record(), lastSeenAtMs: lastSeen.at })
  const holdings = new OwnHoldings({ room, deviceKey, clock, index, holdings: records.holdings, signal, announced: () => teller.next() })
  const letGo = new LetGo({ blocks, book, holdings, coming: () => fetcher.state.keeps, locks, clock, signal, done: () => own.used() })
  const fetcher: FragmentFetcher = new FragmentFetcher({
    blocks,
    clock,
    isCallRunning,
    make: fragmentMaker(blocks, () => book),
    listener: {
      kept: (object) => keep.kept(object),
      short: (object, holes) => keep.short(object, holes),
      failed: (object, code) => keep.failedWith(object, code),
      stored: () => own.used(),
      notify,
      changed: soon,
    },
  })
  const keep: KeepObjects = new KeepObjects({
    device,
    clock,
    book,
    index,
    facts,
    holdings,
    fetcher,
    letGo,
    wishes: objectWishes(wishes, index),
    signal,
    notify,
    changed,
  })
  const plans = new PlanObjects({ room, deviceKey, clock, records, facts, index, signal })
  const bin = new Bin({ device, state, records, clock, nameOf })
  const eraser = new EraseUnwanted({ room, values, clock, records, index, holdings, letGo, bin, signal })
  const reader: FileReader = new FileReader({
    ...around,
    book,
    facts,
    fetcher,
    holdings,
    isLeader,
    tellLeader: (object) => talk.read(object),
  })
  const talk = openTabTalk(room, {
    wishes(retry) {
      void wishes.reload()
      const object = retry && records.files.get(retry)?.object
      if (object !== undefined) keep.retry(object)
    },
    read: (object) => {
      if (isLeader()) reader.noteRead(object)
    },
    states(states) {
      told.clear()
      for (const [id, said] of states) {
        told.set(id, said)
        list.fileChanged(id)
      }
      soon()
    },
  })
  const publisher = publishFiles({ ...around, records })
  const puts = new FilePuts({
    ...around,
    locks,
    records,
    facts,
    holdings,
    importer: around.importer ?? startImporter,
    publish: publisher.publish,
    prepared: () => Promise.all([records.settled(), own.usage ?? own.look()]),
    changed() {
      own.used()
      soon()
    },
  })
  const list: FileList = new FileList({
    ...around,
    records,
    index,
    book,
    facts,
    holdings,
    keep,
    fetcher,
    wishes,
    deviceOf: (tab) => links.get(tab)?.device,
    adding: puts.adding,
    told,
    renewed: soon,
  })
  const storage = deviceStorage({ blocks, clock, records, facts, holdings, own, wishes, nameOf, signal, changed: storageChanged })
  const teller: FilesTeller = new FilesTeller({
    records,
    index,
    clock,
    list,
    fetcher,
    keep,
    isAdding: () => puts.adding.size > 0,
    tellTabs: talk.states,
  })
  return {
    locks,
    records,
    index,
    lastSeen,
    book,
    wishes,
    own,
    facts,
    holdings,
    letGo,
    fetcher,
    keep,
    plans,
    bin,
    eraser,
    reader,
    talk,
    publisher,
    puts,
    list,
    storage,
    teller,
  }
}
