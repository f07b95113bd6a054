/** Files of a recording on their way into the room, one after the other. What is stored stays, whatever becomes of the rest. */
import type { Files } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'

export class FolderWriter {
  readonly folder: string
  waitingBytes = 0
  /** Why something could not be stored; nothing else is given to it then. */
  trouble: 'full' | 'broken' | undefined
  readonly #files: Files
  readonly #onTrouble: () => void
  #last: Promise<void> = Promise.resolve()

  constructor(files: Files, folder: string, onTrouble: () => void) {
    this.#files = files
    this.folder = folder
    this.#onTrouble = onTrouble
  }

  /** Resolves with whether it is stored. */
  keep(name: string, type: string, data: BlobPart): Promise<boolean> {
    const blob = new Blob([data], { type })
    this.waitingBytes += blob.size
    const stored = this.#last.then(() => this.#put(name, type, blob))
    this.#last = stored.then(() => undefined)
    return stored
  }

  async #put(name: string, type: string, blob: Blob): Promise<boolean> {
    try {
      await this.#files.put(blob, { name, folder: this.folder, type, until: 'stored' })
      return true
    } catch (error) {
      console.warn('asterism: a piece of a recording could not be stored', error)
      this.trouble ??= error instanceof RoomError && error.code === 'quota-exceeded' ? 'full' : 'broken'
      this.#onTrouble()
      return false
    } finally {
      this.waitingBytes -= blob.size
    }
  }
}
