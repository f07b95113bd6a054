/**
 * The files of a room as the panel needs them: newest first, without those on their way out, with what could not be
 * added. Removing waits ten seconds, so that a slip of the finger costs nothing.
 */
import { SvelteMap } from 'svelte/reactivity'
import type { Files, RoomFile } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { FileId } from '../../protocol/ids.ts'
import { observed } from '../observed.svelte.ts'

const UNDO_MS = 10_000

/** Two at a time keeps the disk busy; more would only make each one slower and all of them hard to follow. */
const ADDED_AT_ONCE = 2

export type Refusal = { readonly key: number; readonly name: string; readonly sentence: string; readonly file: File | undefined }
export type Removal = { readonly file: RoomFile; readonly timer: ReturnType<typeof setTimeout> }

export class FileList {
  refusals: readonly Refusal[] = $state.raw([])
  removals = new SvelteMap<FileId, Removal>()
  #queue: File[] = []
  #adding = 0
  #refused = 0
  readonly port: Files
  readonly #files: () => Files

  constructor(files: Files) {
    this.port = files
    this.#files = observed(files)
  }

  all: readonly RoomFile[] = $derived.by(() =>
    this.#files()
      .list()
      .filter(({ id }) => !this.removals.has(id))
      .toSorted((a, b) => b.addedAtMs - a.addedAtMs),
  )

  add(files: Iterable<File>): void {
    this.#queue.push(...files)
    while (this.#adding < ADDED_AT_ONCE && this.#queue.length > 0) void this.#addNext()
  }

  async #addNext(): Promise<void> {
    const file = this.#queue.shift()
    if (file === undefined) return
    this.#adding++
    try {
      await this.port.put(file, { name: file.name, type: file.type })
    } catch (error) {
      const isStopped = error instanceof RoomError && error.code === 'aborted'
      if (!isStopped) this.refuse(file.name, error instanceof RoomError ? error.message : 'The browser could not read it.', file)
    } finally {
      this.#adding--
      void this.#addNext()
    }
  }

  refuse(name: string, sentence: string, file?: File): void {
    this.refusals = [...this.refusals, { key: this.#refused++, name, sentence, file }]
  }

  dismiss(refusal: Refusal): void {
    this.refusals = this.refusals.filter(({ key }) => key !== refusal.key)
  }

  retry(refusal: Refusal): void {
    this.dismiss(refusal)
    if (refusal.file !== undefined) this.add([refusal.file])
  }

  remove(file: RoomFile): void {
    const timer = setTimeout(() => this.#removeNow(file.id), UNDO_MS)
    this.removals.set(file.id, { file, timer })
  }

  undo(id: FileId): void {
    clearTimeout(this.removals.get(id)?.timer)
    this.removals.delete(id)
  }

  /** The room is being left: what was taken out goes now. */
  settle(): void {
    for (const [id, { timer }] of this.removals) {
      clearTimeout(timer)
      this.#removeNow(id)
    }
  }

  #removeNow(id: FileId): void {
    this.port.remove(id)
    this.removals.delete(id)
  }
}
