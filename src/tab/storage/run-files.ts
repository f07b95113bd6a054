/**
 * What happens to a room's files, passed on: records that changed, tabs that come and go, the lead of the device, damage
 * to its store, and the service worker's needs. Everything that changed in one go is taken in together.
 */
import type { DeviceId, FileId } from '../../protocol/ids.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { checkStore, findForgotten } from './check-store.ts'
import type { FilesParts, FilesSurroundings } from './files-parts.ts'
import { followLinks } from './follow-links.ts'
import { leadDevice } from './lead-device.ts'
import { watchGeneration } from './watch-generation.ts'

/** A tab that does not lead gives the leader this long to fetch what is being read. */
const LEADER_FIRST_MS = 2_000

export function runFiles(around: FilesSurroundings, parts: FilesParts): { wishesChanged(): void } {
  const { room, state, presence, links, blocks, values, gateway, clock, signal, random, isCallRunning } = around
  const {
    locks,
    records,
    index,
    lastSeen,
    book,
    wishes,
    own,
    facts,
    holdings,
    fetcher,
    keep,
    plans,
    eraser,
    reader,
    talk,
    list,
    teller,
    publisher,
  } = parts
  let isRefreshing = false
  let here = ''
  let tabs = ''
  const checked = { blocks, book, holdings, chance: () => chanceOf(random(4)), signal }
  let checking: Promise<unknown> = Promise.resolve()
  const followed = followLinks(links, fetcher, refreshSoon)

  function refreshSoon(): void {
    if (isRefreshing || signal.aborted) return
    isRefreshing = true
    queueMicrotask(() => {
      isRefreshing = false
      if (!signal.aborted) refresh()
    })
  }

  /** Round trips change all the time; who is here does not. */
  function refresh(): void {
    followed.look()
    facts.changed()
    lastSeen.note(facts.here())
    const hereNow = [...facts.here()].sort().join()
    const tabsNow = [...facts.tabs()].join()
    if (hereNow === here && tabsNow === tabs) return
    const isOther = hereNow !== here
    here = hereNow
    tabs = tabsNow
    list.allChanged()
    keep.holdersChanged()
    reader.holdersChanged()
    keep.touch(unknown())
    if (isOther) plans.touchAll()
    teller.soon()
  }

  /** Manifests that nobody could give so far. */
  function* unknown(): Iterable<ObjectId> {
    for (const object of index.objects()) if (book.cut(object) === undefined) yield object
  }

  function objectsChanged(objects: ReadonlySet<ObjectId>, what: 'pointers' | 'places'): void {
    // Thousands of files may share an object: their rows stay when one more comes.
    if (what === 'places') list.changed(objects)
    keep.holdersOf(objects)
    reader.holdersChanged(objects)
    keep.touch(objects)
    plans.touch(objects)
    teller.soon()
  }

  function devicesChanged(devices: ReadonlySet<string>): void {
    facts.changed()
    list.allChanged()
    const isOwnOnly = devices.size === 1 && devices.has(around.device as DeviceId)
    if (!isOwnOnly || !plans.isReady) plans.touchAll()
    teller.soon()
  }

  /** What was announced and is not there is told, and made again. */
  function recheck(): void {
    if (!keep.isReady) return
    checking = checking
      .then(() => checkStore(checked))
      .then(() => keep.touchAll())
      .catch(() => undefined)
  }

  async function lead(): Promise<void> {
    await Promise.all([records.settled(), wishes.loaded])
    await checkStore(checked).catch(() => undefined)
    if (signal.aborted) return
    keep.isReady = true
    plans.isReady = true
    presence.setLeader(true)
    await own.look()
    keep.touchAll()
    plans.touchAll()
    refreshSoon()
    void eraser.start()
    checking = checking.then(() => findForgotten(checked, [...index.objects()])).catch(() => undefined)
    const isIdle = () => !isCallRunning() && fetcher.state.keeps.size === 0 && fetcher.state.reads.size === 0
    // Work for later, and so is its code. Without it the store is read through on another visit.
    const later = await import('./scrub-store.ts').catch(() => undefined)
    later?.scrubStore(blocks, clock, { values, signal, damaged: recheck, isIdle, ...(locks === undefined ? {} : { locks }) })
  }

  const stops = [
    index.subscribe(objectsChanged),
    records.files.subscribe((files) => {
      for (const id of files as ReadonlySet<FileId>) list.fileChanged(id)
      publisher.changed(files as ReadonlySet<FileId>)
      teller.soon()
    }),
    records.bin.subscribe(() => {
      eraser.heard()
      teller.soon()
    }),
    records.devices.subscribe(devicesChanged),
    state.profiles.subscribe(() => {
      list.allChanged()
      teller.soon()
    }),
    presence.subscribe(refreshSoon),
    gateway.onNeeded((needed) => {
      if (needed.room !== room) return
      const supply = () => void (signal.aborted ? undefined : reader.supply(needed.object, needed.chunk).catch(() => undefined))
      if (keep.isReady) supply()
      else clock.after(LEADER_FIRST_MS, supply)
    }),
    gateway.onSegmentsNeeded((needed) => (needed.room === room && !signal.aborted ? reader.segments(needed) : undefined)),
  ]
  void own.look()
  refreshSoon()
  leadDevice(room, locks, signal, () => void lead())
  watchGeneration(blocks, clock, signal, recheck)
  signal.addEventListener(
    'abort',
    () => {
      for (const stop of stops) stop()
      for (const part of [followed, teller, fetcher, talk]) part.close()
    },
    { once: true },
  )

  return {
    wishesChanged() {
      list.allChanged()
      keep.touch(index.objects())
      void own.look()
      teller.soon()
    },
  }
}

function chanceOf(random: Uint8Array): number {
  return new DataView(random.buffer).getUint32(0) / 2 ** 32
}
