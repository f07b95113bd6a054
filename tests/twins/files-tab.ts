/** Tabs that share files: the real adapters over stores, links, documents and time in memory. */
import type { Files } from '../../src/ports/asterism.ts'
import type { BlockStore } from '../../src/ports/block-store.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { DeviceKey } from '../../src/ports/keys.ts'
import { type Bytes, toBase64Url } from '../../src/protocol/bytes.ts'
import type { RoomErrorCode } from '../../src/protocol/errors.ts'
import { parseRoomId, type RoomId, type TabId } from '../../src/protocol/ids.ts'
import { browserClock } from '../../src/tab/browser-clock.ts'
import { verifySignature } from '../../src/tab/room/ed25519.ts'
import { MemoryBlockStore } from '../../src/tab/storage/memory-block-store.ts'
import { openFiles } from '../../src/tab/storage/open-files.ts'
import { newDevice } from './device.ts'
import { inThisThread } from './import-worker.ts'
import { linkPair, type Side, type Tamper, type TwinLink, TwinLinks } from './link.ts'
import { type TwinRoomState, twinPresence } from './room.ts'
import { keysOfRoom } from './shelves.ts'

export { bytesOf, readAll } from './import-worker.ts'

export const ROOM = parseRoomId(toBase64Url(new Uint8Array(16))) as RoomId
export const ROOM_KEYS = await keysOfRoom('twins')

const startMs = Date.now()

/** Time in which waits of many seconds are over in a test, the same for all tabs; `jump` moves one tab's wall clock alone. */
export function hurriedClock(factor: number): Clock & { jump(ms: number): void } {
  let jumpedMs = 0
  return {
    nowMs: () => Math.floor(startMs + factor * (Date.now() - startMs)) + jumpedMs,
    monotonicMs: () => factor * performance.now(),
    after: (delayMs, callback) => browserClock.after(delayMs / factor, callback),
    jump(ms) {
      jumpedMs += ms
    },
  }
}

export type FilesTab = {
  readonly side: Side
  readonly key: DeviceKey
  readonly files: Files
  readonly store: MemoryBlockStore
  readonly links: TwinLinks
  readonly notices: RoomErrorCode[]
  /** As a tab that crashed or was closed: its links end, its device keeps what it has. */
  close(): void
}

let nextTab = 1

export type TabOptions = {
  readonly store?: MemoryBlockStore
  readonly blocks?: (store: MemoryBlockStore) => BlockStore
  readonly key?: DeviceKey
  readonly locks?: LockManager
  readonly clock?: Clock
  readonly segment?: Bytes
  readonly isVisitor?: boolean
}

export async function openTab(room: TwinRoomState, options: TabOptions = {}): Promise<FilesTab> {
  const number = nextTab++
  const key = options.key ?? (await newDevice())
  const side: Side = { tab: `12D3KooW${String(number).padStart(44, '1')}` as TabId, device: key.id }
  const store = options.store ?? new MemoryBlockStore()
  const links = new TwinLinks()
  const closing = new AbortController()
  const notices: RoomErrorCode[] = []
  const files = openFiles({
    room: ROOM,
    device: key.id,
    state: room,
    presence: twinPresence(room, side, closing.signal),
    links,
    blocks: options.blocks?.(store) ?? store,
    values: store,
    gateway: store,
    keys: ROOM_KEYS,
    deviceKey: key,
    verify: verifySignature,
    segment: () => options.segment,
    isCallRunning: () => false,
    clock: options.clock ?? browserClock,
    nameOf: (of) => of.slice(0, 4),
    saved: async () => {},
    random: (bytes): Bytes => crypto.getRandomValues(new Uint8Array(bytes)),
    signal: closing.signal,
    notify: (code) => notices.push(code),
    importer: inThisThread,
    locks: options.locks,
    isVisitor: () => options.isVisitor === true,
  })
  const close = () => {
    closing.abort()
    for (const link of links.all()) (link as TwinLink).end()
  }
  return { side, key, files, store, links, notices, close }
}

export function connect(a: FilesTab, b: FilesTab, tamper: { data?: Tamper } = {}): readonly [TwinLink, TwinLink] {
  const pair = linkPair(a.side, b.side, tamper)
  a.links.add(pair[0])
  b.links.add(pair[1])
  return pair
}

export function connectAll(tabs: readonly FilesTab[]): void {
  for (const [i, a] of tabs.entries()) for (const b of tabs.slice(i + 1)) connect(a, b)
}

/** Resolves when the files of a tab satisfy a condition; looks at each change, and now and then. */
export async function until(tab: FilesTab, isSo: () => boolean, timeoutMs = 10_000): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const done = (settle: () => void) => {
      clearTimeout(timer)
      clearInterval(pulse)
      stop()
      settle()
    }
    const timer = setTimeout(() => done(() => reject(new Error('it did not come to pass'))), timeoutMs)
    const look = () => {
      if (isSo()) done(resolve)
    }
    const pulse = setInterval(look, 50)
    const stop = tab.files.subscribe(look)
    look()
  })
}

/** A room of so many devices that see each other, closed when the test is over. */
export async function openTabs(room: TwinRoomState, count: number, options: TabOptions = {}): Promise<readonly FilesTab[]> {
  const tabs: FilesTab[] = []
  for (let i = 0; i < count; i++) tabs.push(await openTab(room, options))
  connectAll(tabs)
  return tabs
}

/** Time for what happens by itself in a moment. */
export function later(ms = 60): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a).equals(b)
}
