/**
 * Files being added in this tab. Each is listed from the start; when its object is stored here, the room hears of file,
 * plan and holding in this device's name. An object the room has already gets one more pointer, and its plan is raised
 * when this wish asks for more.
 */
import { chooseLayout } from '../../core/storage/choose-layout.ts'
import { planObject } from '../../core/storage/plan-object.ts'
import { DEFAULT_PROFILE } from '../../core/storage/profile.ts'
import { startRate } from '../../core/storage/rate.ts'
import type { ImportedObject } from '../../pipeline/import-object.ts'
import type { NewFile, Progress, PutManyOptions, PutOptions } from '../../ports/asterism.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import { RoomError } from '../../protocol/errors.ts'
import { type FileId, toFileId } from '../../protocol/ids.ts'
import type { ImportLayout } from '../../protocol/import-worker.ts'
import type { ObjectId } from '../../protocol/object.ts'
import { type FileRecord, fileClaim } from '../../protocol/room-state.ts'
import { type AddParts, addObject } from './add-file.ts'
import { BlocksUnderway } from './blocks-underway.ts'
import { type Draft, draftOf, type FileData } from './file-draft.ts'
import type { Adding } from './file-list.ts'
import { Importer, type ImporterPort } from './importer.ts'
import { inTurns } from './in-turns.ts'
import type { OwnHoldings } from './own-holdings.ts'
import { packFiles } from './pack-files.ts'
import { type PlanParts, signPlan } from './plan-writer.ts'
import { profileOf } from './profile-of.ts'
import { RaisePlans } from './raise-plans.ts'

export type PutParts = Omit<AddParts, 'importer' | 'underway'> &
  PlanParts & {
    readonly publish: (files: readonly FileRecord[]) => Promise<void>
    readonly holdings: OwnHoldings
    readonly importer: () => ImporterPort
    readonly random: (bytes: number) => Bytes
    readonly signal: AbortSignal
    readonly changed: () => void
    /** Who is here and what this device can take is known. */
    readonly prepared: () => Promise<unknown>
  }

type Entered = { readonly entries: readonly Adding[]; readonly signal: AbortSignal }

export class FilePuts {
  readonly adding = new Map<FileId, Adding>()
  readonly #parts: PutParts
  readonly #underway = new BlocksUnderway()
  readonly #raise: RaisePlans
  #importer: Importer | undefined

  constructor(parts: PutParts) {
    this.#parts = parts
    this.#raise = new RaisePlans(parts)
    parts.signal.addEventListener('abort', () => {
      for (const { stop } of this.adding.values()) stop.abort()
    })
  }

  get importer(): Importer {
    this.#importer ??= new Importer(this.#parts.importer())
    return this.#importer
  }

  async put(data: FileData, options: PutOptions): Promise<FileRecord> {
    const draft = this.#draft(data, options)
    const source = data instanceof Blob ? [data] : data
    const [record] = await this.#add([draft], source, options)
    return record as FileRecord
  }

  async putMany(files: Iterable<NewFile>, options: PutManyOptions = {}): Promise<readonly FileRecord[]> {
    const packs = packFiles(files)
    const totalBytes = packs.flat().reduce((sum, { data }) => sum + (data?.size ?? 0), 0)
    const records: FileRecord[] = []
    let doneBytes = 0
    for (const pack of packs) {
      const before = doneBytes
      const onProgress = (progress: Progress) => options.onProgress?.({ doneBytes: before + progress.doneBytes, totalBytes })
      const drafts = pack.map((file) => this.#draft(file.data, file))
      const blobs = pack.map(({ data }) => data)
      records.push(...(await this.#add(drafts, blobs, { ...options, onProgress })))
      doneBytes += blobs.reduce((sum, { size }) => sum + size, 0)
    }
    return records
  }

  /** False when no such file is being added. */
  stop(id: FileId): boolean {
    const entry = this.adding.get(id)
    entry?.stop.abort()
    return entry !== undefined
  }

  #draft(data: FileData, options: Pick<PutOptions, 'name' | 'type' | 'folder'>): Draft {
    const { deviceKey, clock, random } = this.#parts
    return draftOf(data, options, { id: toFileId(random(16)), addedBy: deviceKey.id, addedAtMs: clock.nowMs() })
  }

  async #add(
    drafts: readonly Draft[],
    source: readonly Blob[] | AsyncIterable<Uint8Array>,
    options: PutManyOptions,
  ): Promise<readonly FileRecord[]> {
    const { facts, changed, prepared } = this.#parts
    const profile = profileOf(options.profile)
    const bytes = Array.isArray(source) ? drafts.reduce((sum, draft) => sum + draft.bytes, 0) : undefined
    const { entries, signal } = this.#enter(drafts, options.signal)
    const onStored = (doneBytes: number) => {
      spreadDone(entries, doneBytes)
      options.onProgress?.({ doneBytes, totalBytes: Math.max(bytes ?? 0, doneBytes) })
      changed()
    }
    try {
      await prepared()
      const layout = { ...chooseLayout(profile, bytes, facts.devices()), sensitive: options.sensitive === true }
      let records: readonly FileRecord[] = []
      const commit = async (object: ImportedObject) => {
        records = await this.#tell(object, drafts, layout, options.profile ?? DEFAULT_PROFILE)
      }
      const parts = { ...this.#parts, importer: this.importer, underway: this.#underway }
      await addObject(parts, source, { layout, signal, onStored, commit })
      return records
    } finally {
      for (const { id } of drafts) this.adding.delete(id)
      changed()
    }
  }

  #enter(drafts: readonly Draft[], outer: AbortSignal | undefined): Entered {
    const { clock, signal, changed } = this.#parts
    const stop = new AbortController()
    const entries = drafts.map((draft): Adding => ({ draft, rate: startRate(clock.monotonicMs(), 0), doneBytes: 0, stop }))
    for (const entry of entries) this.adding.set(entry.draft.id, entry)
    changed()
    return { entries, signal: AbortSignal.any([stop.signal, signal, ...(outer === undefined ? [] : [outer])]) }
  }

  /** The last step can fail only before anything is written into the room. */
  async #tell(imported: ImportedObject, drafts: readonly Draft[], layout: ImportLayout, profile: string): Promise<readonly FileRecord[]> {
    const { room, deviceKey, clock, publish, records, holdings } = this.#parts
    const { object, parts } = imported
    const sign = async (draft: Draft, i: number): Promise<FileRecord> => {
      const { root, bytes, offset } = parts[i] ?? assertPart()
      const claim = { ...draft, root, bytes, object, offset }
      return { ...claim, signature: await deviceKey.sign(fileClaim(room, claim)) }
    }
    const files = await inTurns(clock, drafts, sign)
    await publish(files)
    const isNew = records.plans.get(object) === undefined
    const plan = await (isNew ? signPlan(this.#parts, this.#firstPlan(imported, layout, profile)) : this.#raise.raised(object, profile))
    if (plan !== undefined) this.#raise.write(plan)
    holdings.addKept(
      object,
      Array.from({ length: layout.k }, (_, row) => row),
    )
    await holdings.told()
    records.files.write(new Map(files.map((file) => [file.id, file])))
    return files
  }

  #firstPlan({ object, bytes }: { object: ObjectId; bytes: number }, { k, rows }: ImportLayout, profile: string) {
    const { facts, deviceKey, clock } = this.#parts
    const copies = Array.from({ length: k }, (_, row) => ({ row, device: deviceKey.id, state: 'kept' as const }))
    const known = { id: object, bytes, layout: { k, rows }, profile: profileOf(profile), pointers: 1, slots: [], copies }
    const { slots } = planObject(known, facts.devices(), { self: deviceKey.id, nowMs: clock.nowMs() })
    return { object, profile, k, rows, bytes, slots }
  }
}

/** Files of a pack lie end to end, and are done in that order. */
function spreadDone(entries: readonly Adding[], doneBytes: number): void {
  let left = doneBytes
  for (const entry of entries) {
    entry.doneBytes = entries.length === 1 ? left : Math.min(left, entry.draft.bytes)
    left -= entry.doneBytes
  }
}

function assertPart(): never {
  throw new RoomError('file-invalid', 'the worker left out a file')
}
