/** A program of the system, none of ours: started with a folder of its own, waited for, and ended by its own id. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Start = {
  readonly name: string
  readonly path: string
  readonly startMs: number
  /** Puts into its folder what it reads there; gives its arguments. */
  prepare(folder: string): Promise<readonly string[]>
  /** Such programs say little of their own: one listens when it answers. A `false` comes after a moment of waiting. */
  answers(): Promise<boolean>
}

export class SystemProgram {
  readonly #folder: string
  readonly #child: ChildProcess
  #log = ''

  static async open(start: Start): Promise<SystemProgram> {
    const folder = await mkdtemp(join(tmpdir(), `asterism-${start.name}-`))
    const args = await start.prepare(folder)
    const program = new SystemProgram(folder, spawn(start.path, args, { stdio: ['ignore', 'pipe', 'pipe'] }))
    const endMs = performance.now() + start.startMs
    while (!(await start.answers())) {
      if (program.#child.exitCode === null && performance.now() < endMs) continue
      await program.close()
      throw new Error(`${start.name} did not start:\n${program.log}`)
    }
    return program
  }

  constructor(folder: string, child: ChildProcess) {
    this.#folder = folder
    this.#child = child
    // Whoever ends this process in the middle ends the program with it.
    process.once('exit', this.#kill)
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => (this.#log += bytes))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** All it has printed. */
  get log(): string {
    return this.#log
  }

  async close(): Promise<void> {
    const closed = new Promise((done) => this.#child.once('close', done))
    if (this.#child.exitCode === null) {
      this.#kill()
      await closed
    }
    process.off('exit', this.#kill)
    await rm(this.#folder, { recursive: true, force: true })
  }

  readonly #kill = () => void this.#child.kill('SIGKILL')
}
