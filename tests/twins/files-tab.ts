/** Tabs that share files: the real adapters over stores, links, documents and time in memory. */

import { MessageChannel } from 'node:worker_threads'
import type { Files } from '../../src/ports/asterism.ts'
import type { BlockStore } from '../../src/ports/block-store.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { type Bytes, toBase64Url } from '../../src/protocol/bytes.ts'
import type { RoomErrorCode } from '../../src/protocol/errors.ts'
import { type DeviceId, parseRoomId, type RoomId, type TabId } from '../../src/protocol/ids.ts'
import { browserClock } from '../../src/tab/browser-clock.ts'
import type { ImporterPort } from '../../src/tab/storage/importer.ts'
import { MemoryBlockStore } from '../../src/tab/storage/memory-block-store.ts'
import { openFiles } from '../../src/tab/storage/open-files.ts'
import { handleImports, type ImportPort } from '../../workers/storage/import-file.ts'
import { linkPair, type Side, type Tamper, type TwinLink, TwinLinks } from './link.ts'
import { type TwinRoomState, twinPresence } from './room.ts'

export const ROOM = parseRoomId(toBase64Url(new Uint8Array(16))) as RoomId

/** Time in which waits of many seconds are over in a test. */
export function hurriedClock(factor: number): Clock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => factor * performance.now(),
    after: (delayMs, callback) => browserClock.after(delayMs / factor, callback),
  }
}

export type FilesTab = {
  readonly side: Side
  readonly files: Files
  readonly store: MemoryBlockStore
  readonly links: TwinLinks
  readonly notices: RoomErrorCode[]
  close(): void
}

let nextTab = 1

export function openTab(
  state: TwinRoomState,
  options: {
    store?: MemoryBlockStore
    blocks?: (store: MemoryBlockStore) => BlockStore
    device?: DeviceId
    locks?: LockManager
    clock?: Clock
  } = {},
): FilesTab {
  const number = nextTab++
  const device = options.device ?? (toBase64Url(new Uint8Array(32).fill(number)) as DeviceId)
  const side: Side = { tab: `12D3KooW${String(number).padStart(44, '1')}` as TabId, device }
  const store = options.store ?? new MemoryBlockStore()
  const links = new TwinLinks()
  const closing = new AbortController()
  const notices: RoomErrorCode[] = []
  const files = openFiles({
    room: ROOM,
    device,
    state,
    presence: twinPresence(side),
    links,
    blocks: options.blocks?.(store) ?? store,
    values: store,
    gateway: store,
    clock: options.clock ?? browserClock,
    nameOf: (of) => of.slice(0, 4),
    random: (bytes): Bytes => crypto.getRandomValues(new Uint8Array(bytes)),
    signal: closing.signal,
    notify: (code) => notices.push(code),
    importer: inThisThread,
    locks: options.locks,
  })
  return { side, files, store, links, notices, close: () => closing.abort() }
}

export function connect(a: FilesTab, b: FilesTab, tamper: { data?: Tamper } = {}): readonly [TwinLink, TwinLink] {
  const pair = linkPair(a.side, b.side, tamper)
  a.links.add(pair[0])
  b.links.add(pair[1])
  return pair
}

/** The import worker's own code, on a port of this thread. */
export function inThisThread(): ImporterPort {
  const { port1, port2 } = new MessageChannel()
  handleImports(port1 as unknown as ImportPort)
  for (const port of [port1, port2]) {
    port.start()
    port.unref()
  }
  return port2 as unknown as ImporterPort
}

/** Bytes that look random and are the same each time. */
export function bytesOf(length: number, seed = 1): Bytes {
  const words = new Uint32Array(Math.ceil(length / 4))
  let x = seed * 0x9e3779b1
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    words[i] = x
  }
  return new Uint8Array(words.buffer, 0, length).slice()
}

export async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<Bytes> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  for await (const chunk of chunks) parts.push(new Uint8Array(chunk))
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

/** Resolves when the files of a tab satisfy a condition; looks at each change. */
export async function until(tab: FilesTab, isSo: () => boolean, timeoutMs = 10_000): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('it did not come to pass')), timeoutMs)
    const look = () => {
      if (!isSo()) return
      clearTimeout(timer)
      stop()
      resolve()
    }
    const stop = tab.files.subscribe(look)
    look()
  })
}
