/** The files of a room in one tab: what happens around them is passed on to their parts, and people get `Files`. */
import type { FileWish } from '../../core/storage/file-state.ts'
import type { FileSafety, Files, PutOptions } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { FileId } from '../../protocol/ids.ts'
import type { FileRecord } from '../../protocol/room-state.ts'
import { type FilesParts, type FilesSurroundings, makeParts } from './files-parts.ts'
import { planFor, signPlan } from './plan-writer.ts'
import { profileOf } from './profile-of.ts'
import { runFiles } from './run-files.ts'
import { statOfObject } from './stat-files.ts'

export function openFiles(around: FilesSurroundings): Files {
  const { room, gateway, signal } = around
  const parts: FilesParts = makeParts(around, () => running.wishesChanged())
  const running = runFiles(around, parts)
  const { records, keep, bin, puts, list, reader, teller, wishes, talk, storage } = parts

  const known = (id: FileId): FileRecord => {
    const file = records.files.get(id)
    if (file === undefined) throw new RoomError('file-not-found', id)
    return file
  }
  const setWish = (id: FileId, wish: FileWish | undefined) => {
    const object = records.files.get(id)?.object
    wishes.setWish(id, wish)
    talk.wishes(wish === undefined ? id : undefined)
    if (object === undefined) return
    if (wish === undefined) keep.retry(object)
    else keep.stop(object)
    list.changed([object])
    teller.soon()
  }
  const setProfile = async (id: FileId, profile: string) => {
    const { object } = known(id)
    const planning = { ...around, records, facts: parts.facts }
    const draft = planFor(planning, object, profile)
    const plan = draft && (await signPlan(planning, draft))
    if (plan !== undefined && !signal.aborted) records.plans.write(new Map([[object, plan]]))
  }

  return {
    list: () => teller.rows(),
    async put(data, options) {
      const record = await puts.put(data, options)
      await around.saved()
      await reached(parts, record, options, signal)
      return list.row(record)
    },
    async putMany(files, options) {
      const added = await puts.putMany(files, options)
      await around.saved()
      return added.map((record) => list.row(record))
    },
    async *get(id, options) {
      yield* reader.get(known(id), options)
    },
    stat: (id, profile) => ({
      ...statOfObject({ ...around, facts: parts.facts }, known(id).object, profile),
      isPinned: wishes.isPinned(id),
    }),
    exportCar(id, { profile = 'unixfs-v1-2025', signal: until } = {}) {
      const file = known(id)
      const root = profile === 'unixfs-v1-2025' ? { root: file.root } : {}
      return puts.importer.exportCar(() => reader.get(file), { profile, ...root, ...(until === undefined ? {} : { signal: until }) })
    },
    url: (id, options) => gateway.url(room, id, options),
    pause: (id) => setWish(id, 'paused'),
    resume: (id) => setWish(id, undefined),
    cancel(id) {
      if (!puts.stop(id)) setWish(id, 'cancelled')
    },
    pin(id, whole) {
      wishes.setPinned(id, whole)
      talk.wishes()
      keep.touch([known(id).object])
    },
    setProfile(id, profile) {
      profileOf(profile)
      known(id)
      void setProfile(id, profile)
    },
    remove(id) {
      const file = records.files.get(id)
      if (file !== undefined) bin.remove([file])
    },
    undo: (id) => bin.undo(id),
    bin: () => bin.list(),
    storage,
    subscribe: (listener) => teller.subscribe(listener),
  }
}

const ENOUGH: Record<NonNullable<PutOptions['until']>, readonly FileSafety['state'][]> = {
  stored: [],
  safe: ['safe', 'spread'],
  spread: ['spread'],
}

/** A file given up while it spreads is taken out again. Throws `aborted`. */
async function reached({ list, bin, teller }: FilesParts, file: FileRecord, options: PutOptions, roomSignal: AbortSignal): Promise<void> {
  const { until = 'stored', signal } = options
  const enough = ENOUGH[until]
  if (enough === undefined || enough.length === 0) return
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      settle()
      bin.remove([file])
      reject(new RoomError('aborted'))
    }
    const left = () => {
      settle()
      reject(new RoomError('aborted'))
    }
    const look = () => {
      if (!enough.includes(list.row(file).safety.state)) return
      settle()
      resolve()
    }
    const unsubscribe = teller.subscribe(look)
    const settle = () => {
      unsubscribe()
      signal?.removeEventListener('abort', stop)
      roomSignal.removeEventListener('abort', left)
    }
    signal?.addEventListener('abort', stop, { once: true })
    roomSignal.addEventListener('abort', left, { once: true })
    if (signal?.aborted) stop()
    else look()
  })
}
