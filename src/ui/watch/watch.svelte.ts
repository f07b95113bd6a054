/** What is watched together as screens need it: what is on, who shows it, what this person may do. The deeds are the port's. */
import { untrack } from 'svelte'
import type { SessionState, Show, Watch } from '../../ports/asterism.ts'
import type { CallModel } from '../call/call.svelte.ts'
import { sentenceOf } from '../format/sentence.ts'
import type { MeetingModel } from '../meeting/meeting.svelte.ts'
import { observed } from '../observed.svelte.ts'

const NOT_DONE = 'That did not work. Try again in a moment.'
const NOT_LOADED = 'This part of the page could not be loaded. Check the connection and try again; the call goes on.'

export class WatchModel {
  readonly #call: CallModel
  readonly #meeting: MeetingModel
  #tool: (() => Watch) | undefined = $state.raw()
  #isLoading = false
  /** A show that was left lying and that this person does not want to see any more. */
  #closed: string | undefined = $state()
  /** Why the last deed did not happen. */
  trouble: string | undefined = $state()
  /** 0 to 1, on this device alone. A second device of somebody stands beside the first, which is heard. */
  volume = $state(1)

  constructor(call: CallModel, meeting: MeetingModel) {
    this.#call = call
    this.#meeting = meeting
    if (meeting.isSecond) this.volume = 0
    $effect(() => {
      if (meeting.state.watch !== undefined) void untrack(() => this.load())
    })
  }

  get tool(): Watch | undefined {
    return this.#tool?.()
  }
  get left(): Watch['left'] {
    const left = this.tool?.left
    return left?.id === this.#closed ? undefined : left
  }
  get shown(): SessionState['watch'] {
    return this.#meeting.state.watch ?? this.left
  }
  get isMine(): boolean {
    const { watch } = this.#meeting.state
    return watch !== undefined && watch.by === this.#meeting.me?.device
  }
  get mayEnd(): boolean {
    return this.isMine || (this.#meeting.state.watch !== undefined && this.#meeting.state.mayModerate)
  }
  get mayTakeOver(): boolean {
    return !this.isMine && this.shown?.source.kind === 'file'
  }
  get showerName(): string {
    const { shown } = this
    return shown === undefined ? '' : this.#meeting.nameOf(shown.by)
  }

  async load(): Promise<Watch | undefined> {
    if (this.#tool !== undefined || this.#isLoading) return this.#tool?.()
    this.#isLoading = true
    try {
      const { watch } = await this.#call.tools()
      this.#tool = observed(watch)
      this.trouble = undefined
      return watch
    } catch {
      this.trouble = NOT_LOADED
      return undefined
    } finally {
      this.#isLoading = false
    }
  }

  /** What a press does; a refusal is said, not thrown. */
  async run(deed: (watch: Watch) => Promise<unknown>): Promise<boolean> {
    this.trouble = undefined
    const watch = await this.load()
    if (watch === undefined) return false
    try {
      await deed(watch)
      return true
    } catch (error) {
      this.trouble = sentenceOf(error, NOT_DONE)
      return false
    }
  }

  async change(change: Partial<Show>): Promise<void> {
    await this.run((watch) => watch.change(change))
  }

  /** On this screen alone: others may still go on with it. */
  closeLeft(): void {
    this.#closed = this.tool?.left?.id
  }
}
