/** The files of a room in one tab: puts the parts together and gives the public `Files`. */
import { startRate } from '../../core/storage/rate.ts'
import type { FileState, Files, GetOptions, PutOptions, RoomFile } from '../../ports/asterism.ts'
import type { BlockStore, ValueStore } from '../../ports/block-store.ts'
import type { Clock } from '../../ports/clock.ts'
import type { FileGateway } from '../../ports/file-gateway.ts'
import type { Links } from '../../ports/link.ts'
import type { Presence, RoomState } from '../../ports/room-state.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError, type RoomErrorCode } from '../../protocol/errors.ts'
import { type DeviceId, type FileId, type RoomId, toFileId } from '../../protocol/ids.ts'
import { FILES_TOLD_MS } from '../../protocol/limits.ts'
import { copyKey } from '../../protocol/room-state.ts'
import { addFile, draftOf, type FileData, sweep } from './add-file.ts'
import { announceCopies } from './announce-copies.ts'
import { BlockFetcher } from './fetch-blocks.ts'
import { type Adding, FileList } from './file-list.ts'
import { openWishes } from './file-wishes.ts'
import { Importer, type ImporterPort } from './importer.ts'
import { leadDevice } from './lead-device.ts'
import { openBlockReader } from './read-blocks.ts'
import { readFile } from './read-file.ts'
import { Replication } from './replicate-files.ts'
import { startImporter } from './start-importer.ts'
import { openTabTalk } from './tab-talk.ts'
import { watchGeneration } from './watch-generation.ts'

export type FilesParts = {
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

/** A tab that does not lead gives the leader this long to fetch what is being read. */
const LEADER_FIRST_MS = 2_000
const PULSE_MS = 1_000

export function openFiles(parts: FilesParts): Files {
  const { room, device, state, presence, links, blocks, gateway, clock, nameOf, signal, notify } = parts
  const locks = 'locks' in parts ? parts.locks : globalThis.navigator?.locks
  const listeners = new Set<() => void>()
  const adding = new Map<FileId, Adding>()
  const told = new Map<FileId, FileState>()
  let importer: Importer | undefined
  let rows: readonly RoomFile[] | undefined
  let stopTelling: (() => void) | undefined
  let stopPulse = () => {}
  let isRefreshing = false
  let toldAtMs = Number.NEGATIVE_INFINITY
  let toldToTabsAtMs = Number.NEGATIVE_INFINITY

  const wishes = openWishes(room, parts.values, () => refreshSoon())
  const announcer = announceCopies(state, device, clock)
  const fetcher = new BlockFetcher(blocks, clock, {
    complete: (file) => {
      replication.complete(file)
      queueMicrotask(() => replication.walkMore())
    },
    short: (file) => announcer.withdraw([file]),
    failed: (file, code) => {
      replication.failed.set(file, code)
      notify(code, `file ${file}`)
    },
    notify,
    changed: () => tellSoon(),
  })
  const replication = new Replication({
    room,
    device,
    state,
    presence,
    links,
    gateway,
    clock,
    wishes,
    announcer,
    fetcher,
    letGo: (roots) => void sweep({ gateway, locks, clock }, roots),
  })
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
      tellSoon()
    },
  })
  const devices = () => new Map(links.all().map((link) => [link.peer, link.device]))
  const list = new FileList({
    device,
    clock,
    nameOf,
    deviceOf: (tab) => links.get(tab)?.device,
    isHere: (of) => [...devices().values()].includes(of),
    replication,
    fetcher,
    wishes,
    adding,
    told,
  })

  function refreshSoon(): void {
    rows = undefined
    if (isRefreshing || signal.aborted) return
    isRefreshing = true
    queueMicrotask(() => {
      isRefreshing = false
      if (signal.aborted) return
      followLinks()
      replication.refresh()
      tellSoon()
    })
  }

  function tellSoon(): void {
    rows = undefined
    stopTelling ??= clock.after(Math.max(0, toldAtMs + FILES_TOLD_MS - clock.monotonicMs()), tell)
  }

  function tell(): void {
    stopTelling = undefined
    toldAtMs = clock.monotonicMs()
    list.sample()
    tellTabs()
    for (const listener of [...listeners]) listener()
    replication.walkMore()
    stopPulse()
    // Speed and time left change even while nothing arrives.
    if (fetcher.state.files.size > 0 || adding.size > 0) stopPulse = clock.after(PULSE_MS, tellSoon)
  }

  function tellTabs(): void {
    if (!replication.isLeader || clock.monotonicMs() - toldToTabsAtMs < 5 * FILES_TOLD_MS) return
    toldToTabsAtMs = clock.monotonicMs()
    talk.states(
      [...fetcher.state.files.keys()].flatMap((id) => {
        const record = state.files.get(id)
        return record === undefined ? [] : [[id, list.stateOf(record)] as const]
      }),
    )
  }

  const linkStops = new Map<unknown, () => void>()
  function followLinks(): void {
    const all = links.all()
    for (const [link, stop] of linkStops) {
      if (all.includes(link as (typeof all)[number])) continue
      stop()
      linkStops.delete(link)
    }
    for (const link of all) if (!linkStops.has(link)) linkStops.set(link, link.subscribe(refreshSoon))
    fetcher.follow(all)
  }

  /** Links made before the next microtask would miss the other side's first wants. */
  const linksChanged = () => {
    followLinks()
    refreshSoon()
  }
  const stops = [
    state.files.subscribe(refreshSoon),
    state.copies.subscribe(refreshSoon),
    presence.subscribe(refreshSoon),
    links.subscribe(linksChanged),
    gateway.onNeeded((needed) => {
      if (needed.room !== room) return
      const serve = () => void (signal.aborted ? undefined : reader.supply(needed.file, needed.id).catch(() => undefined))
      if (replication.isLeader) serve()
      else clock.after(LEADER_FIRST_MS, serve)
    }),
  ]
  followLinks()
  replication.refresh()
  void wishes.loaded.then(() => {
    leadDevice(room, locks, signal, () => {
      replication.isLeader = true
      presence.setLeader(true)
      refreshSoon()
    })
  })
  watchGeneration(blocks, clock, signal, () => replication.recheck())
  signal.addEventListener('abort', close, { once: true })

  function close(): void {
    for (const stop of [...stops, ...linkStops.values()]) stop()
    stopTelling?.()
    stopPulse()
    for (const { stop } of adding.values()) stop.abort()
    announcer.close()
    fetcher.close()
    talk.close()
  }

  return {
    list() {
      rows ??= list.rows(state.files.entries().values())
      return rows
    },
    async put(data, options) {
      importer ??= new Importer((parts.importer ?? startImporter)())
      return put(data, options, importer)
    },
    get: (id, options) => get(id, options),
    url: (id, options) => `/_room/${room}/${id}${options?.download === true ? '?download' : ''}`,
    pause: (id) => setWish(id, 'paused'),
    resume: (id) => setWish(id, undefined),
    cancel(id) {
      const added = adding.get(id)
      if (added === undefined) setWish(id, 'cancelled')
      else added.stop.abort()
    },
    remove(id) {
      const copies = replication.copies.get(id) ?? []
      state.copies.deleteMany(copies.map((of) => copyKey(id, of)))
      state.files.deleteMany([id])
      setWish(id, undefined)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }

  function setWish(id: FileId, wish: 'paused' | 'cancelled' | undefined): void {
    if (wish === undefined) replication.retry(id)
    else replication.stop(id)
    wishes.set(id, wish)
    talk.wish(id, wish)
  }

  async function put(data: FileData, options: PutOptions, by: Importer): Promise<RoomFile> {
    const draft = draftOf(data, options, { id: toFileId(parts.random(16)), addedBy: device, addedAtMs: clock.nowMs() })
    const { id } = draft
    const stop = new AbortController()
    const entry: Adding = { draft, rate: startRate(clock.monotonicMs(), 0), doneBytes: 0, stop }
    const until = AbortSignal.any([stop.signal, signal, ...(options.signal === undefined ? [] : [options.signal])])
    const onStored = (doneBytes: number) => {
      entry.doneBytes = doneBytes
      options.onProgress?.({ doneBytes, totalBytes: Math.max(draft.bytes, doneBytes) })
      tellSoon()
    }
    adding.set(id, entry)
    tellSoon()
    try {
      const added = await addFile({ room, blocks, gateway, importer: by, locks, clock }, draft, data, { signal: until, onStored })
      replication.added(id)
      state.files.setMany(new Map([[id, added]]))
      state.copies.setMany(new Map([[copyKey(id, device), { atMs: clock.nowMs() }]]))
      replication.refresh()
      return list.row(added)
    } finally {
      adding.delete(id)
      tellSoon()
    }
  }

  async function* get(id: FileId, { offset = 0, length, signal: until, onProgress }: GetOptions = {}): AsyncGenerator<Uint8Array> {
    const file = state.files.get(id)
    if (file === undefined) throw new RoomError('file-not-found', id)
    const from = Math.min(Math.max(0, offset), file.bytes)
    const totalBytes = Math.max(0, Math.min(length ?? file.bytes, file.bytes - from))
    let doneBytes = 0
    for await (const bytes of readFile(file, from, totalBytes, (block) => reader.load(file.id, block), until)) {
      doneBytes += bytes.byteLength
      yield bytes
      onProgress?.({ doneBytes, totalBytes })
    }
  }
}
