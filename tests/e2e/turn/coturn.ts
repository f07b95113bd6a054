/** Debian's TURN server on this machine, for as long as a test needs it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../relay-process.ts'

const PROGRAM = '/usr/bin/turnserver'
const START_MS = 10_000
const ANSWER_MS = 100

/** What is missing here; undefined when nothing is. */
export function whyNoTurn(): string | undefined {
  return existsSync(PROGRAM) ? undefined : 'no TURN server on this machine: apt install coturn'
}

export class Coturn {
  readonly port: number
  readonly #folder: string
  readonly #child: ChildProcess
  #log = ''

  static async open(secret: string): Promise<Coturn> {
    const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), 'asterism-turn-'))]
    const config = join(folder, 'turnserver.conf')
    await writeFile(config, settings(port, secret, folder))
    const turn = new Coturn(port, folder, spawn(PROGRAM, ['-c', config], { stdio: ['ignore', 'pipe', 'pipe'] }))
    await turn.#isListening()
    return turn
  }

  constructor(port: number, folder: string, child: ChildProcess) {
    this.port = port
    this.#folder = folder
    this.#child = child
    process.once('exit', this.#kill)
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => (this.#log += bytes))
  }

  get url(): string {
    return `turn:127.0.0.1:${this.port}?transport=udp`
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

  /** It says little of its own; it listens when it answers. */
  async #isListening(): Promise<void> {
    const deadlineMs = performance.now() + START_MS
    while (!(await answersBinding(this.port))) {
      if (this.#child.exitCode !== null || performance.now() > deadlineMs) throw new Error(`coturn did not start:\n${this.#log}`)
    }
  }
}

/** Asked who is asking (STUN binding, RFC 8489), within a moment. */
async function answersBinding(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  const request = Buffer.concat([Buffer.from('000100002112a442', 'hex'), randomBytes(12)])
  try {
    socket.send(request, port, '127.0.0.1')
    return await new Promise<boolean>((done) => {
      socket.once('message', () => done(true)).once('error', () => done(false))
      setTimeout(() => done(false), ANSWER_MS)
    })
  } finally {
    socket.close()
  }
}

/** Loopback only; it passes on to loopback, which a server for others must not. */
function settings(port: number, secret: string, folder: string): string {
  return [
    'listening-ip=127.0.0.1',
    'relay-ip=127.0.0.1',
    'allow-loopback-peers',
    `listening-port=${port}`,
    'min-port=49152',
    'max-port=65535',
    'use-auth-secret',
    `static-auth-secret=${secret}`,
    'realm=asterism.test',
    'fingerprint',
    'no-tls',
    'no-dtls',
    'no-cli',
    'no-tcp-relay',
    'log-file=stdout',
    'simple-log',
    `pidfile=${join(folder, 'pid')}`,
    `userdb=${join(folder, 'users.db')}`,
    '',
  ].join('\n')
}
