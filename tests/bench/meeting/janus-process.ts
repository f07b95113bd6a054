/** Debian's `janus` with its videoroom and nothing else, on this machine, for one measurement. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../e2e/relay-process.ts'

const PROGRAM = '/usr/bin/janus'
const LIBRARIES = '/usr/lib/x86_64-linux-gnu/janus'
const START_MS = 15_000

/** What is missing here; undefined when nothing is. */
export function whyNoJanus(): string | undefined {
  return existsSync(PROGRAM) ? undefined : 'no janus on this machine: apt install janus'
}

export class Janus {
  readonly port: number
  readonly #folder: string
  readonly #child: ChildProcess
  #log = ''

  static async open(): Promise<Janus> {
    const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), 'asterism-janus-'))]
    const parts = { plugins: 'libjanus_videoroom.so', transports: 'libjanus_websockets.so' }
    for (const [kind, library] of Object.entries(parts)) {
      await mkdir(join(folder, kind))
      await symlink(join(LIBRARIES, kind, library), join(folder, kind, library))
    }
    await writeFile(join(folder, 'janus.jcfg'), generalSettings(folder))
    await writeFile(join(folder, 'janus.transport.websockets.jcfg'), `general: { ws = true, ws_port = ${port}, ws_ip = "127.0.0.1" }\n`)
    await writeFile(join(folder, 'janus.plugin.videoroom.jcfg'), 'general: {}\n')
    const janus = new Janus(port, folder, spawn(PROGRAM, ['-F', folder], { stdio: ['ignore', 'pipe', 'pipe'] }))
    await janus.#isListening()
    return janus
  }

  constructor(port: number, folder: string, child: ChildProcess) {
    this.port = port
    this.#folder = folder
    this.#child = child
    process.once('exit', this.#kill)
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => (this.#log += bytes))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get version(): string {
    return /Janus version: \d+ \(([\d.]+)\)/.exec(this.#log)?.[1] ?? 'unknown'
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

  async #isListening(): Promise<void> {
    const endMs = performance.now() + START_MS
    while (!(await answers(this.port))) {
      if (this.#child.exitCode !== null || performance.now() > endMs) {
        await this.close()
        throw new Error(`janus did not start: ${this.#log.trim().split('\n').at(-1)}`)
      }
    }
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, 'janus-protocol')
    socket.onopen = () => {
      socket.close()
      done(true)
    }
    socket.onerror = () => setTimeout(() => done(false), 100)
  })
}

function generalSettings(folder: string): string {
  return [
    'general: {',
    `  configs_folder = "${folder}"`,
    `  plugins_folder = "${join(folder, 'plugins')}"`,
    `  transports_folder = "${join(folder, 'transports')}"`,
    `  events_folder = "${folder}"`,
    `  loggers_folder = "${folder}"`,
    '  debug_level = 3',
    '}',
    'nat: { ice_lite = true }',
    '',
  ].join('\n')
}
