/** A program at a door that is no page: a process of its own, what it says, and how it is ended. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { expect } from '@playwright/test'

type Said = {
  readonly status?: number
  readonly postedAtMs?: number
  readonly answeredAtMs?: number
  readonly firstFrameAtMs?: number
  readonly frames?: number
  readonly loudestDb?: number
  readonly deleted?: number
  readonly error?: string
}

export class ProgramProcess {
  readonly said: Said[] = []
  readonly #child: ChildProcessWithoutNullStreams

  constructor(command: string, words: readonly string[]) {
    this.#child = spawn(command, words)
    createInterface(this.#child.stdout).on('line', (line) => this.said.push(JSON.parse(line)))
    const endToo = () => this.#child.kill('SIGKILL')
    process.once('exit', endToo)
    this.#child.once('close', () => process.off('exit', endToo))
  }

  /** What it said last of this. */
  last<K extends keyof Said>(what: K): Said[K] | undefined {
    return this.said.findLast((one) => one[what] !== undefined)?.[what]
  }

  async answered(): Promise<number> {
    await expect.poll(() => this.last('status'), { timeout: 20_000 }).toBeDefined()
    return this.last('status') ?? 0
  }

  /** It says so at the door, and is gone. */
  async end(): Promise<void> {
    const closed = new Promise((done) => this.#child.once('close', done))
    this.#child.stdin.end()
    await closed
  }

  /** Without a word. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
