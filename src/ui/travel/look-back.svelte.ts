/** A look back at a meeting: what is shown stays until another log was planned again, whatever goes wrong meanwhile. */
import type { CallTools, Replay } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { MeetingLog } from '../../protocol/meeting-log.ts'
import { openTarget } from '../files/save-target.ts'
import { percentOf } from '../format/amounts.ts'
import { SHOWN_POLICIES } from './look-back-words.ts'

type Looked = { readonly replay: Replay /** Of the file; undefined: of this call. */; readonly name: string | undefined }

const NOT_LOADED = 'This could not be loaded. Check the connection and try again; the call goes on.'

export class LookBackModel {
  looked: Looked | undefined = $state.raw()
  /** Undefined: nothing is being planned again. */
  percent: number | undefined = $state()
  trouble = $state('')
  readonly #tools: () => Promise<CallTools>
  #ends = new AbortController()

  constructor(tools: () => Promise<CallTools>) {
    this.#tools = tools
  }

  /** Takes the place of what was looked at before. */
  async look(log: MeetingLog | Blob, name?: string): Promise<void> {
    this.stop()
    const ends = new AbortController()
    this.#ends = ends
    const { signal } = ends
    this.percent = 0
    this.trouble = ''
    try {
      const { lookBack } = await this.#tools()
      const onProgress = ({ done, of }: { readonly done: number; readonly of: number }) => (this.percent = percentOf(done, of))
      const result = await lookBack.replay(log, { policies: SHOWN_POLICIES, onProgress, signal })
      if (result.kind === 'refused') this.trouble = result.text
      else this.looked = { replay: result.replay, name }
    } catch (error) {
      if (!(error instanceof RoomError && error.code === 'aborted')) this.trouble = NOT_LOADED
    }
    if (this.#ends === ends) this.percent = undefined
  }

  async save(log: MeetingLog): Promise<void> {
    this.trouble = ''
    try {
      const { lookBack } = await this.#tools()
      const file = await lookBack.file(log)
      const target = await openTarget('meeting-log.json', file.size)
      await target?.write(new Uint8Array(await file.arrayBuffer()))
      await target?.close()
    } catch {
      this.trouble = 'The log could not be saved. Try again; nothing is lost.'
    }
  }

  stop(): void {
    this.#ends.abort()
    this.percent = undefined
  }
}
