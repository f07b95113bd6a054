/**
 * Devices on a network with distance, for benches: each browser runs in a network namespace of its own, and all that
 * leaves it goes through an emulator which adds delay, jitter, loss and a rate, seeded. This machine, where the relay runs,
 * is one more device on it. Linux and root only; `whyNoWan` says what is missing.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { type Browser, chromium } from 'playwright'
import { CHROMIUM_FLAGS } from '../../e2e/chromium-flags.ts'
import { findChromium } from '../../find-browser.ts'

/** One direction of a line. What is not named is perfect. */
export type Line = {
  readonly delayMs?: number
  /** Evenly between so much earlier and so much later; frames keep their order. */
  readonly jitterMs?: number
  /** 0 to 1; 1 is a line cut. */
  readonly loss?: number
  readonly mbitPerSecond?: number
  /** What waits for its turn where there is a rate; the rest is dropped. */
  readonly queueMs?: number
}

export type Count = { readonly frames: number; readonly bytes: number; readonly lost: number; readonly dropped: number }

export type Wan = {
  /** This machine as the devices see it: servers listen on it, or on 0.0.0.0. */
  readonly address: string
  /** The emulator's process, so that its CPU can be told from the browsers'. */
  readonly pid: number
  /** A browser on device `n`, from 0. It takes pages from these origins as secure, as it takes 127.0.0.1. */
  launch(n: number, ...origins: string[]): Promise<Browser>
  /** Runs a command on device `n`. */
  spawn(n: number, command: string, args: readonly string[]): ChildProcess
  addressOf(n: number): string
  /** Sets both directions of a device's line, or each. Holds for frames from now on. */
  shape(n: number, line: Line | { readonly up: Line; readonly down: Line }): void
  /** What passed the lines of device `n` so far. */
  count(n: number): Promise<{ readonly up: Count; readonly down: Count }>
  /** Ends the browsers it launched and all processes it spawned. */
  close(): Promise<void>
}

const SOURCE = join(import.meta.dirname, 'emulator.c')
/** More than a bad home router has, less than the worst. */
const QUEUE_MS = 100

/** Undefined when it can be opened; else what is missing, as a note for a report. */
export function whyNoWan(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'the link emulator needs Linux and root'
  if (!existsSync('/dev/net/tun')) return 'the link emulator needs /dev/net/tun'
  const missing = ['gcc', 'ip', 'nsenter'].find((name) => !isOnPath(name))
  return missing === undefined ? undefined : `the link emulator needs ${missing}`
}

function isOnPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
}

/** `devices` besides this machine, at most 14. All lines begin as `line` says, this machine's is perfect. `flags` are for the browsers. */
export async function openWan(options: { devices: number; seed: number; line?: Line; flags?: readonly string[] }): Promise<Wan> {
  const folder = await mkdtemp(join(tmpdir(), 'asterism-wan-'))
  const program = join(folder, 'emulator')
  execFileSync('gcc', ['-O2', '-o', program, SOURCE])
  const net = freeNet()
  const ours = `wan${process.pid}`
  const ports = [ours, ...Array.from({ length: options.devices }, () => '-')]
  const child = spawn(program, [String(options.seed), ...ports], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const descriptors = await readPorts(child, lines)
  const pid = child.pid as number
  const enter = (n: number) => `--net=/proc/${pid}/fd/${descriptors[n + 1]}`
  const addressOf = (n: number) => `198.18.${net + 1 + n}.1`
  const address = `198.18.${net}.1`

  // A network segment of its own for each: /24 by address, all within one /20.
  execFileSync('ip', ['address', 'add', `${address}/20`, 'dev', ours])
  execFileSync('ip', ['link', 'set', ours, 'up', 'txqueuelen', '10000'])
  for (let n = 0; n < options.devices; n++) {
    const ip = (...args: string[]) => execFileSync('nsenter', [enter(n), 'ip', ...args])
    ip('link', 'set', 'lo', 'up')
    ip('address', 'add', `${addressOf(n)}/20`, 'dev', 'wan0')
    ip('link', 'set', 'wan0', 'up', 'txqueuelen', '10000')
    ip('route', 'add', 'default', 'via', address)
  }

  const browsers: Browser[] = []
  const spawned: ChildProcess[] = []
  const killSpawned = () => {
    for (const one of spawned) one.kill('SIGKILL')
  }
  process.once('exit', killSpawned)
  const wan: Wan = {
    address,
    pid,
    addressOf,
    async launch(n, ...origins) {
      const wrapper = join(folder, `chromium-${n}`)
      await writeFile(wrapper, `#!/bin/sh\nexec nsenter ${enter(n)} ${findChromium()} "$@"\n`)
      await chmod(wrapper, 0o755)
      const args = [...CHROMIUM_FLAGS, ...(options.flags ?? []), `--unsafely-treat-insecure-origin-as-secure=${origins.join(',')}`]
      const browser = await chromium.launch({ executablePath: wrapper, args })
      browsers.push(browser)
      return browser
    },
    spawn(n, command, args) {
      const one = spawn('nsenter', [enter(n), command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
      spawned.push(one)
      return one
    },
    shape(n, line) {
      const { up, down } = 'up' in line ? line : { up: line, down: line }
      child.stdin.write(`${orderOf(n, 0, up)}${orderOf(n, 1, down)}`)
    },
    async count(n) {
      const seen = new Map<string, Count>()
      const counted = new Promise<void>((done) => {
        const hear = (text: string) => {
          const [word, port, direction, frames = 0, bytes = 0, lost = 0, dropped = 0] = text.split(' ')
          if (word === 'line') seen.set(`${port}/${direction}`, { frames: +frames, bytes: +bytes, lost: +lost, dropped: +dropped })
          if (word !== 'counted') return
          lines.off('line', hear)
          done()
        }
        lines.on('line', hear)
      })
      child.stdin.write('count\n')
      await counted
      const [up, down] = [seen.get(`${n + 1}/0`), seen.get(`${n + 1}/1`)]
      if (up === undefined || down === undefined) throw new Error(`no device ${n}`)
      return { up, down }
    },
    async close() {
      process.off('exit', killSpawned)
      killSpawned()
      await Promise.allSettled(browsers.map((browser) => browser.close()))
      const ended = new Promise((done) => child.once('close', done))
      child.stdin.end()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
  for (let n = 0; n < options.devices; n++) wan.shape(n, options.line ?? {})
  return wan
}

/** The first descriptor of each port's namespace, `undefined` for this machine's. */
async function readPorts(child: ChildProcess, lines: Interface): Promise<(number | undefined)[]> {
  const descriptors: (number | undefined)[] = []
  return new Promise((done, fail) => {
    child.once('close', () => fail(new Error('the link emulator did not start')))
    lines.on('line', (text) => {
      const [word, port, descriptor] = text.split(' ')
      if (word === 'port') descriptors[Number(port)] = Number(descriptor) < 0 ? undefined : Number(descriptor)
      if (word === 'ready') done(descriptors)
    })
  })
}

function orderOf(n: number, direction: 0 | 1, { delayMs = 0, jitterMs = 0, loss = 0, mbitPerSecond, queueMs = QUEUE_MS }: Line): string {
  const rate = mbitPerSecond === undefined ? 0 : Math.round((mbitPerSecond * 1e6) / 8)
  const [delayUs, jitterUs, lossPpm] = [delayMs * 1000, jitterMs * 1000, loss * 1e6].map(Math.round)
  return `line ${n + 1} ${direction} ${delayUs} ${jitterUs} ${lossPpm} ${rate} ${Math.round((rate * queueMs) / 1000)}\n`
}

/** A multiple of 16 such that 198.18.n.0/20 is nobody's here: the range is set aside for benches (RFC 2544). */
function freeNet(): number {
  const taken = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address))
  const free = Array.from({ length: 16 }, (_, n) => n * 16).filter((net) => !taken.includes(`198.18.${net}.1`))
  const net = free[Math.floor(Math.random() * free.length)]
  if (net === undefined) throw new Error('sixteen link emulators run already')
  return net
}
