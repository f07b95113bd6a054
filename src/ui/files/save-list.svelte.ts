/** What is being saved to this person's disk: archives, CAR files, files without an address. Each says how far it is and can be stopped. */
import type { Files, RoomFile } from '../../ports/asterism.ts'
import { percentOf } from '../format/amounts.ts'
import { sentenceOf } from '../format/sentence.ts'
import { openTarget, type Target, TooMuch } from './save-target.ts'
import { zipBytes, zipOf } from './zip.ts'

type Work = { readonly name: string; readonly bytes: number; readonly read: (signal: AbortSignal) => AsyncIterable<Uint8Array> }

export class Save {
  readonly name: string
  readonly totalBytes: number
  doneBytes = $state(0)
  sentence = $state('')
  percent = $derived.by(() => percentOf(this.doneBytes, this.totalBytes))
  readonly #controller = new AbortController()

  constructor({ name, bytes }: Work) {
    this.name = name
    this.totalBytes = bytes
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  cancel(): void {
    this.#controller.abort()
  }
}

export class SaveList {
  list: readonly Save[] = $state.raw([])
  readonly #port: Files

  constructor(files: Files) {
    this.#port = files
  }

  /** One file that has no address to save from. */
  file({ id, name, bytes }: Pick<RoomFile, 'id' | 'name' | 'bytes'>): Promise<void> {
    return this.#run({ name, bytes, read: (signal) => this.#port.get(id, { signal }) })
  }

  /** The IPFS form of a file; its length differs a little from the file's. */
  car({ id, name, bytes }: Pick<RoomFile, 'id' | 'name' | 'bytes'>): Promise<void> {
    return this.#run({ name: `${name}.car`, bytes, read: (signal) => this.#port.exportCar(id, { signal }) })
  }

  /** Many files as one archive; `folder` is the one they were taken from. */
  zip(files: readonly RoomFile[], name: string, folder = ''): Promise<void> {
    return this.#run({ name: `${name}.zip`, bytes: zipBytes(files, folder), read: (signal) => zipOf(files, this.#port, signal, folder) })
  }

  dismiss(save: Save): void {
    save.cancel()
    this.list = this.list.filter((one) => one !== save)
  }

  /** Called from a press of a button: a browser lets a page ask where to save only then. */
  async #run(work: Work): Promise<void> {
    const save = new Save(work)
    let target: Target | undefined
    try {
      target = await openTarget(work.name, work.bytes)
      if (target === undefined) return
      this.list = [...this.list, save]
      for await (const bytes of work.read(save.signal)) {
        save.signal.throwIfAborted()
        await target.write(bytes)
        save.doneBytes += bytes.length
      }
      await target.close()
      this.dismiss(save)
    } catch (error) {
      await target?.abort().catch(() => undefined)
      if (save.signal.aborted) return this.dismiss(save)
      save.sentence = error instanceof TooMuch ? error.message : sentenceOf(error, 'It could not be saved. Check that the disk has room.')
      if (!this.list.includes(save)) this.list = [...this.list, save]
    }
  }
}
