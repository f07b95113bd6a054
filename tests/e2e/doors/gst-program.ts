/** GStreamer as a program at a door: a process of its own, what it says, and how it is ended. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from '@playwright/test'

const SCRIPT = join(import.meta.dirname, 'gst_program.py')
/** Debian's bindings are for Debian's Python; another one may come first on the path. */
const PYTHON = '/usr/bin/python3'
const NEEDS = [
  "import gi; gi.require_version('GstWebRTC', '1.0'); from gi.repository import Gst, GstWebRTC; Gst.init(None)",
  "assert all(Gst.ElementFactory.find(name) for name in ['webrtcbin', 'vp8enc', 'vp8dec', 'openh264enc', 'opusenc', 'opusdec', 'level', 'nicesrc'])",
].join('\n')

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

export type GstRole = 'publish' | 'publish-as-obs' | 'publish-stamped' | 'play'

/** Python, its bindings and every plugin it takes. */
export function hasGStreamer(): boolean {
  return spawnSync(PYTHON, ['-c', NEEDS], { stdio: 'ignore' }).status === 0
}

export class GstProgram {
  readonly said: Said[] = []
  readonly #child: ChildProcessWithoutNullStreams

  constructor(role: GstRole, url: string) {
    this.#child = spawn(PYTHON, [SCRIPT, role, url])
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
