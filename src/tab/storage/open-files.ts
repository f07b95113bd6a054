/** The files of a room in one tab: what happens around them is passed on to their parts, and people get `Files`. */
import type { FileWish } from '../../core/storage/replicate.ts'
import type { Files } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { FileId } from '../../protocol/ids.ts'
import { copyKey } from '../../protocol/room-state.ts'
import { type FilesSurroundings, makeParts } from './files-parts.ts'
import { followLinks } from './follow-links.ts'
import { leadDevice } from './lead-device.ts'
import { readFile } from './read-file.ts'
import { watchGeneration } from './watch-generation.ts'

/** A tab that does not lead gives the leader this long to fetch what is being read. */
const LEADER_FIRST_MS = 2_000

export function openFiles(around: FilesSurroundings): Files {
  const { room, state, presence, links, blocks, gateway, clock, signal } = around
  const { locks, wishes, announcer, fetcher, replication, reader, talk, puts, list, teller } = makeParts(around, refreshSoon)
  let isRefreshing = false
  const followed = followLinks(links, fetcher, refreshSoon)

  /** Everything that changed in one go is taken in together. */
  function refreshSoon(): void {
    teller.soon()
    if (isRefreshing || signal.aborted) return
    isRefreshing = true
    queueMicrotask(() => {
      isRefreshing = false
      if (signal.aborted) return
      followed.look()
      replication.refresh()
      teller.soon()
    })
  }

  const stops = [
    state.files.subscribe(refreshSoon),
    state.copies.subscribe(refreshSoon),
    presence.subscribe(refreshSoon),
    gateway.onNeeded((needed) => {
      if (needed.room !== room) return
      const serve = () => void (signal.aborted ? undefined : reader.supply(needed.file, needed.id).catch(() => undefined))
      if (replication.isLeader) serve()
      else clock.after(LEADER_FIRST_MS, serve)
    }),
  ]
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
    for (const stop of stops) stop()
    for (const part of [announcer, followed, teller, replication, fetcher, talk]) part.close()
  }

  function setWish(id: FileId, wish: FileWish | undefined): void {
    if (wish === undefined) replication.retry(id)
    else replication.stop(id)
    wishes.set(id, wish)
    talk.wish(id, wish)
  }

  return {
    list: () => teller.rows(),
    async put(data, options) {
      const record = await puts.put(data, options)
      replication.refresh()
      return list.row(record)
    },
    async *get(id, options) {
      const file = state.files.get(id)
      if (file === undefined) throw new RoomError('file-not-found', id)
      yield* readFile(file, (block) => reader.load(id, block), options)
    },
    url: (id, options) => gateway.url(room, id, options),
    pause: (id) => setWish(id, 'paused'),
    resume: (id) => setWish(id, undefined),
    cancel(id) {
      if (!puts.stop(id)) setWish(id, 'cancelled')
    },
    remove(id) {
      const copies = replication.copies.get(id) ?? []
      state.copies.deleteMany(copies.map((of) => copyKey(id, of)))
      state.files.deleteMany([id])
      setWish(id, undefined)
    },
    subscribe: (listener) => teller.subscribe(listener),
  }
}
