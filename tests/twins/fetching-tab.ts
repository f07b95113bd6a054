/** Tabs that fetch fragments of each other: the real fetcher over stores, links and time in memory. */
import { chunkBytesOf, chunksOf, type Layout, type ObjectShape, sealedBytesOf } from '../../src/core/storage/layout.ts'
import { makeFragment, parityOf, splitChunk } from '../../src/pipeline/code-chunk.ts'
import { fragmentId } from '../../src/pipeline/fragment-id.ts'
import { segmentDigests } from '../../src/pipeline/segments.ts'
import { sha256 } from '../../src/pipeline/sha256.ts'
import type { BlockStore } from '../../src/ports/block-store.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { type Bytes, toBase64Url } from '../../src/protocol/bytes.ts'
import type { RoomErrorCode } from '../../src/protocol/errors.ts'
import type { BlockId, DeviceId, TabId } from '../../src/protocol/ids.ts'
import type { ObjectId } from '../../src/protocol/object.ts'
import { browserClock } from '../../src/tab/browser-clock.ts'
import { FragmentFetcher } from '../../src/tab/storage/fetch-fragments.ts'
import { MemoryBlockStore } from '../../src/tab/storage/memory-block-store.ts'
import { linkPair, type Side, type Tamper, type TwinLink } from './link.ts'

export type Fragment = { readonly id: BlockId; readonly bytes: Bytes }

/** An object and, by chunk and row, its fragments. Its chunks are not sealed: to a fetcher all bytes are the same. */
export type StoredObject = { readonly shape: ObjectShape; readonly fragments: readonly (readonly Fragment[])[] }

export async function makeObject(bytes: number, layout: Layout, seed = 1): Promise<StoredObject> {
  const fragments: Fragment[][] = []
  const chunks = []
  for (let index = 0; index < chunksOf(bytes); index++) {
    const chunkBytes = chunkBytesOf(bytes, index)
    const sealed = noise(sealedBytesOf(chunkBytes), seed * 1000 + index)
    const data = splitChunk(sealed, layout)
    const parityRows = Array.from({ length: layout.rows - data.length }, (_, at) => data.length + at)
    const rows = [...data, ...parityOf(data, layout, parityRows)]
    const named = await Promise.all(rows.map(async (row) => ({ id: await fragmentId(row), bytes: row })))
    fragments.push(named)
    chunks.push({ hash: await sha256(sealed), bytes: chunkBytes, ids: named.map(({ id }) => id), segments: await segmentDigests(sealed) })
  }
  const id = (await fragmentId(noise(32, seed))) as ObjectId
  return { shape: { id, bytes, ...layout, chunks }, fragments }
}

/** Bytes that look random and are the same each time. */
export function noise(length: number, seed: number): Bytes {
  const words = new Uint32Array(Math.ceil(length / 4))
  let x = Math.imul(seed + 1, 0x9e3779b1) | 1
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    words[i] = x
  }
  return new Uint8Array(words.buffer, 0, length).slice()
}

export type FetchingTab = {
  readonly side: Side
  readonly tab: TabId
  readonly store: MemoryBlockStore
  readonly fetcher: FragmentFetcher
  readonly links: TwinLink[]
  /** What the listener heard, in order. */
  readonly heard: string[]
  readonly notices: RoomErrorCode[]
  /** Rows it was asked to make. */
  readonly made: number[]
  /** Stores these rows of every chunk. */
  hold(object: StoredObject, rows: readonly number[]): Promise<void>
  has(object: StoredObject, row: number): Promise<boolean>
}

let nextTab = 1

export type FetchingOptions = {
  readonly clock?: Clock
  readonly blocks?: (store: MemoryBlockStore) => BlockStore
  /** Objects it knows the manifest of, and so makes rows of. */
  readonly knows?: readonly StoredObject[]
}

export function openFetchingTab({ clock = browserClock, blocks = (store) => store, knows = [] }: FetchingOptions = {}): FetchingTab {
  const number = nextTab++
  const side: Side = {
    tab: `12D3KooW${String(number).padStart(44, '1')}` as TabId,
    device: toBase64Url(new Uint8Array(32).fill(number)) as DeviceId,
  }
  const store = new MemoryBlockStore()
  const heard: string[] = []
  const notices: RoomErrorCode[] = []
  const made: number[] = []
  const make = async (id: ObjectId, chunk: number, row: number): Promise<Bytes | undefined> => {
    const object = knows.find(({ shape }) => shape.id === id)
    if (object === undefined) return undefined
    made.push(row)
    const rows = new Map<number, Bytes>()
    for (const [of, fragment] of (object.fragments[chunk] ?? []).entries()) {
      const bytes = await store.get(fragment.id)
      if (bytes !== undefined) rows.set(of, bytes)
    }
    return rows.size < object.shape.k ? undefined : makeFragment(rows, object.shape, row)
  }
  const fetcher = new FragmentFetcher({
    blocks: blocks(store),
    clock,
    isCallRunning: () => false,
    make,
    listener: {
      kept: () => heard.push('kept'),
      short: (_, holes) => heard.push(`short ${holes.length}`),
      failed: (_, code) => heard.push(`failed ${code}`),
      stored: () => {},
      notify: (code) => notices.push(code),
      changed: () => {},
    },
  })
  const links: TwinLink[] = []
  return {
    side,
    tab: side.tab,
    store,
    fetcher,
    links,
    heard,
    notices,
    made,
    hold: (object, rows) => store.putMany(object.fragments.flatMap((chunk) => rows.flatMap((row) => chunk[row] ?? []))),
    async has(object, row) {
      const held = await store.has(object.fragments.flatMap((chunk) => chunk[row]?.id ?? []))
      return held.every((is) => is)
    },
  }
}

/** The first end is at `a`. */
export function join(a: FetchingTab, b: FetchingTab, tamper: { data?: Tamper } = {}): readonly [TwinLink, TwinLink] {
  const pair = linkPair(a.side, b.side, tamper)
  for (const [tab, link] of [
    [a, pair[0]],
    [b, pair[1]],
  ] as const) {
    tab.links.push(link)
    tab.fetcher.follow(tab.links)
    link.subscribe(() => tab.fetcher.follow(tab.links))
  }
  return pair
}

export function heldBy(rows: Readonly<Record<number, readonly FetchingTab[]>>, whole: readonly FetchingTab[] = []) {
  return {
    rows: new Map(Object.entries(rows).map(([row, tabs]) => [Number(row), tabs.map(({ tab }) => tab)])),
    whole: whole.map(({ tab }) => tab),
  }
}

export async function soon(isSo: () => boolean, timeoutMs = 5_000): Promise<void> {
  const endMs = performance.now() + timeoutMs
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error('it did not come to pass')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
