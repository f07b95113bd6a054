/** Debian's TURN server on this machine, for as long as a test needs it. */
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SystemProgram } from '../../system-program.ts'
import { freePort } from '../relay-process.ts'

const PROGRAM = '/usr/bin/turnserver'
const START_MS = 10_000
const ANSWER_MS = 100

/** What is missing here; undefined when nothing is. */
export function whyNoTurn(): string | undefined {
  return existsSync(PROGRAM) ? undefined : 'no TURN server on this machine: apt install coturn'
}

export class Coturn {
  readonly url: string
  readonly #program: SystemProgram

  static async open(secret: string): Promise<Coturn> {
    const port = await freePort()
    const prepare = async (folder: string) => {
      const config = join(folder, 'turnserver.conf')
      await writeFile(config, settings(port, secret, folder))
      return ['-c', config]
    }
    const start = { name: 'coturn', path: PROGRAM, startMs: START_MS, prepare, answers: () => answersBinding(port) }
    return new Coturn(port, await SystemProgram.open(start))
  }

  constructor(port: number, program: SystemProgram) {
    this.url = `turn:127.0.0.1:${port}?transport=udp`
    this.#program = program
  }

  /** All it has printed. */
  get log(): string {
    return this.#program.log
  }

  close(): Promise<void> {
    return this.#program.close()
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
