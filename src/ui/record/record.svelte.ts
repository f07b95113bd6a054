/** The recording of this device as its screen needs it. The deeds are the port's. */
import type { Call, Recorder, RecorderState } from '../../ports/asterism.ts'
import { sentenceOf } from '../format/sentence.ts'
import { observed } from '../observed.svelte.ts'

const NOT_DONE = 'The recording did not start. Try again in a moment.'
const TICK_MS = 1_000

export class RecordModel {
  #recorder: (() => Recorder) | undefined = $state.raw()
  #nowMs = $state(Date.now())
  /** Why the last deed did not happen. */
  trouble: string | undefined = $state()

  constructor(call: Call) {
    void call.tools().then(({ recorder }) => (this.#recorder = observed(recorder)))
    $effect(() => {
      const timer = setInterval(() => (this.#nowMs = Date.now()), TICK_MS)
      return () => clearInterval(timer)
    })
  }

  /** Undefined until it is loaded. */
  get state(): RecorderState | undefined {
    return this.#recorder?.().state
  }
  get lengthMs(): number {
    return this.state?.kind === 'recording' ? this.#nowMs - this.state.sinceMs : 0
  }

  start(): Promise<void> {
    return this.#run((recorder) => recorder.start())
  }

  stop(): Promise<void> {
    return this.#run((recorder) => recorder.stop())
  }

  async #run(deed: (recorder: Recorder) => Promise<void>): Promise<void> {
    this.trouble = undefined
    try {
      if (this.#recorder !== undefined) await deed(this.#recorder())
    } catch (error) {
      this.trouble = sentenceOf(error, NOT_DONE)
    }
  }
}
