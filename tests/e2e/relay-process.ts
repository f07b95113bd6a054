/**
 * The real relay as a process of its own, so that a test can kill it without warning and start it again on the same port
 * with the same data, as a crash and a restart do.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ENVIRONMENT, ROOT } from '../run-process.ts'

const START_TIMEOUT_MS = 15_000
const DRAIN_TIMEOUT_MS = 8_000

export class RelayProcess {
  readonly port: number
  readonly dataDir: string
  readonly #env: NodeJS.ProcessEnv
  #child: ChildProcess | undefined
  #log = ''

  /** `env` adds to or replaces the relay's settings. */
  static async open(env: NodeJS.ProcessEnv = {}): Promise<RelayProcess> {
    const relay = new RelayProcess(await freePort(), await mkdtemp(join(tmpdir(), 'asterism-relay-')), env)
    await relay.start()
    return relay
  }

  constructor(port: number, dataDir: string, env: NodeJS.ProcessEnv) {
    this.port = port
    this.dataDir = dataDir
    this.#env = env
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get isRunning(): boolean {
    return this.#child !== undefined
  }

  /** All it has printed since it was opened. */
  get log(): string {
    return this.#log
  }

  /** Resolves when the relay says it is ready; does nothing when it runs. */
  async start(): Promise<void> {
    if (this.#child !== undefined) return
    const env = { HOST: '127.0.0.1', PORT: String(this.port), DATA_DIR: this.dataDir, STATIC_DIR: join(ROOT, 'dist') }
    const child = spawn(process.execPath, ['src/relay/main.ts'], { cwd: ROOT, env: { ...ENVIRONMENT, ...env, ...this.#env } })
    this.#child = child
    // Whoever ends this process in the middle ends the relay with it.
    const endToo = () => child.kill('SIGKILL')
    process.once('exit', endToo)
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (this.#log += bytes))
    child.on('close', () => {
      process.off('exit', endToo)
      if (this.#child === child) this.#child = undefined
    })
    const deadlineMs = performance.now() + START_TIMEOUT_MS
    while (!(await this.#isReady())) {
      if (this.#child !== child || performance.now() > deadlineMs) throw new Error(`the relay did not start:\n${this.#log}`)
      await wait(50)
    }
  }

  /** SIGKILL: nothing is told to anybody. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    const closed = new Promise((done) => child.once('close', done))
    child.kill(signal)
    await closed
  }

  async restart(): Promise<void> {
    await this.kill()
    await this.start()
  }

  /** Lets it drain, and does not wait for ever. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.kill(), DRAIN_TIMEOUT_MS)
    await this.kill('SIGTERM')
    clearTimeout(timer)
    await rm(this.dataDir, { recursive: true, force: true })
  }

  async #isReady(): Promise<boolean> {
    return fetch(`${this.origin}/readyz`).then(
      (response) => response.ok,
      () => false,
    )
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
