/** Debian's `janus` with its videoroom and nothing else, on this machine, for one measurement. */
import { existsSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '../../e2e/relay-process.ts'
import { SystemProgram } from '../../system-program.ts'

const PROGRAM = '/usr/bin/janus'
const LIBRARIES = '/usr/lib/x86_64-linux-gnu/janus'
const START_MS = 15_000

/** What is missing here; undefined when nothing is. */
export function whyNoJanus(): string | undefined {
  return existsSync(PROGRAM) ? undefined : 'no janus on this machine: apt install janus'
}

export class Janus {
  readonly port: number
  readonly #program: SystemProgram

  static async open(): Promise<Janus> {
    const port = await freePort()
    const prepare = async (folder: string) => {
      await prepareFolder(folder, port)
      return ['-F', folder]
    }
    const start = { name: 'janus', path: PROGRAM, startMs: START_MS, prepare, answers: () => answers(port) }
    return new Janus(port, await SystemProgram.open(start))
  }

  constructor(port: number, program: SystemProgram) {
    this.port = port
    this.#program = program
  }

  get pid(): number {
    return this.#program.pid
  }

  get version(): string {
    return /Janus version: \d+ \(([\d.]+)\)/.exec(this.#program.log)?.[1] ?? 'unknown'
  }

  close(): Promise<void> {
    return this.#program.close()
  }
}

/** It loads every part it finds in its folders. */
async function prepareFolder(folder: string, port: number): Promise<void> {
  const parts = { plugins: 'libjanus_videoroom.so', transports: 'libjanus_websockets.so' }
  for (const [kind, library] of Object.entries(parts)) {
    await mkdir(join(folder, kind))
    await symlink(join(LIBRARIES, kind, library), join(folder, kind, library))
  }
  await writeFile(join(folder, 'janus.jcfg'), generalSettings(folder))
  await writeFile(join(folder, 'janus.transport.websockets.jcfg'), `general: { ws = true, ws_port = ${port}, ws_ip = "127.0.0.1" }\n`)
  await writeFile(join(folder, 'janus.plugin.videoroom.jcfg'), 'general: {}\n')
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
