/**
 * The files of a room as the panel needs them: newest first, with what is being added or saved and what could not be.
 * What is removed is in the bin at once; for ten seconds the way back is right there.
 */
import type { DeviceStorage, Files, RoomFile } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { FileId } from '../../protocol/ids.ts'
import { ADD_SINGLY_FILES, UNDO_MS } from '../../protocol/limits.ts'
import { transferSummary } from '../format/file-line.ts'
import { jobLine } from '../format/folder-line.ts'
import { sentenceOf } from '../format/sentence.ts'
import { observed } from '../observed.svelte.ts'
import { AddJob, UNREADABLE } from './add-job.svelte.ts'
import { SaveList } from './save-list.svelte.ts'
import type { FoundFolder } from './walk-folder.ts'

/** Two at a time keeps the disk busy; more would only make each one slower and all of them hard to follow. */
const ADDED_AT_ONCE = 2

/** `then`: what happens with it once it is in the room. */
type Waiting = { readonly file: File; readonly sensitive: boolean; readonly then?: (file: RoomFile) => void }
export type Refusal = { readonly key: number; readonly name: string; readonly sentence: string; readonly waiting: Waiting | undefined }
export type Removal = { readonly key: number; readonly name: string; readonly ids: readonly FileId[] }

export class FileList {
  refusals: readonly Refusal[] = $state.raw([])
  removals: readonly Removal[] = $state.raw([])
  jobs: readonly AddJob[] = $state.raw([])
  /** What is added from now on gets keys of its own. */
  isSecret = $state(false)
  readonly saves: SaveList
  readonly port: Files
  readonly #files: () => Files
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()
  #queue: Waiting[] = []
  #adding = 0
  #keys = 0
  #lastJob: Promise<void> = Promise.resolve()

  constructor(files: Files) {
    this.port = files
    this.saves = new SaveList(files)
    this.#files = observed(files)
  }

  all: readonly RoomFile[] = $derived.by(() =>
    this.#files()
      .list()
      .toSorted((a, b) => b.addedAtMs - a.addedAtMs),
  )
  bin = $derived.by(() => this.#files().bin())
  /** A copy: whoever shows it sees that something changed. */
  storage = $derived.by((): DeviceStorage => {
    const now = this.#files().storage
    const { keptBytes, markedBytes, quotaBytes, browserQuotaBytes, persisted, keptFor } = now
    const deeds = { setQuota: (bytes: number) => now.setQuota(bytes), release: () => now.release() }
    return { keptBytes, markedBytes, quotaBytes, browserQuotaBytes, persisted, keptFor, ...deeds }
  })
  isAdding = $derived(this.jobs.some(({ isRunning }) => isRunning) || this.all.some(({ state }) => state.kind === 'adding'))
  /** What is on the way, in one sentence: a folder being added counts itself, since most of it is no row yet. */
  summary = $derived.by(() => {
    const job = this.jobs.find(({ isRunning }) => isRunning)
    if (job === undefined) return transferSummary(this.all)
    const { phase, total, done, failed, percent, name } = job
    return { percent, text: `${name}: ${jobLine({ phase, total, done, failed: failed.length })}` }
  })

  /** The file as it is now; undefined when it left the room. */
  find(id: FileId): RoomFile | undefined {
    return this.all.find((file) => file.id === id)
  }

  /** Few files have a row each while they are added; many are told as one. */
  add(files: readonly File[]): void {
    if (files.length > ADD_SINGLY_FILES) {
      const found = files.map((file) => ({ name: file.name, folder: '', open: () => Promise.resolve(file) }))
      this.#startJob({ name: `${files.length.toLocaleString('en')} files`, files: found }, false)
      return
    }
    this.#enqueue(files.map((file) => ({ file, sensitive: this.isSecret })))
  }

  /** Adds them one by one and hands each over when it is in the room. */
  addEach(files: readonly File[], then: (file: RoomFile) => void): void {
    this.#enqueue(files.map((file) => ({ file, sensitive: this.isSecret, then })))
  }

  addFolder(folder: FoundFolder): void {
    this.#startJob(folder, true)
  }

  /** One after the other: two folders at once would both take twice as long. */
  #startJob(folder: FoundFolder, isFolder: boolean): void {
    const job = new AddJob(this.#keys++, folder.name, isFolder, this.port, { sensitive: this.isSecret })
    this.jobs = [...this.jobs, job]
    this.#lastJob = this.#lastJob.then(() => this.#finish(job, job.run(folder.files)))
  }

  retryJob(job: AddJob): void {
    this.#lastJob = this.#lastJob.then(() => this.#finish(job, job.retry()))
  }

  async #finish(job: AddJob, run: Promise<void>): Promise<void> {
    await run
    // What went well needs no row: the folder itself stands in the list now.
    if (job.failed.length === 0 && job.sentence === '') this.dismissJob(job)
  }

  dismissJob(job: AddJob): void {
    if (job.isRunning) job.cancel()
    this.jobs = this.jobs.filter((one) => one !== job)
  }

  #enqueue(waiting: readonly Waiting[]): void {
    this.#queue.push(...waiting)
    while (this.#adding < ADDED_AT_ONCE && this.#queue.length > 0) void this.#addNext()
  }

  async #addNext(): Promise<void> {
    const next = this.#queue.shift()
    if (next === undefined) return
    this.#adding++
    const { file, sensitive } = next
    try {
      const added = await this.port.put(file, { name: file.name, type: file.type, ...(sensitive ? { sensitive } : {}) })
      next.then?.(added)
    } catch (error) {
      const isStopped = error instanceof RoomError && error.code === 'aborted'
      if (!isStopped) this.#refuse(file.name, sentenceOf(error, UNREADABLE), next)
    } finally {
      this.#adding--
      void this.#addNext()
    }
  }

  #refuse(name: string, sentence: string, waiting: Waiting): void {
    this.refusals = [...this.refusals, { key: this.#keys++, name, sentence, waiting }]
  }

  dismiss(refusal: Refusal): void {
    this.refusals = this.refusals.filter(({ key }) => key !== refusal.key)
  }

  retry(refusal: Refusal): void {
    this.dismiss(refusal)
    if (refusal.waiting !== undefined) this.#enqueue([refusal.waiting])
  }

  remove(files: readonly RoomFile[]): void {
    const [first] = files
    if (first === undefined) return
    for (const { id } of files) this.port.remove(id)
    const key = this.#keys++
    const name = files.length === 1 ? first.name : `${files.length.toLocaleString('en')} files`
    this.removals = [...this.removals, { key, name, ids: files.map(({ id }) => id) }]
    this.#timers.set(
      key,
      setTimeout(() => this.#forget(key), UNDO_MS),
    )
  }

  undo(removal: Removal): void {
    for (const id of removal.ids) this.port.undo(id)
    this.#forget(removal.key)
  }

  #forget(key: number): void {
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    this.removals = this.removals.filter((one) => one.key !== key)
  }
}
