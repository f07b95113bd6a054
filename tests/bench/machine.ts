/** The machine under the figures: without it nobody can tell a slower program from a busier computer. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'

export type Machine = {
  readonly cores: number
  readonly load1: number
  readonly load5: number
  /** SHA-256 on one core, a known piece of work: compare it before comparing figures of two runs. */
  readonly calibrationMiBps: number
}

const CALIBRATION_MIB = 128
/** Kernel ticks in /proc/<pid>/stat, on every Linux that matters. */
const TICK_MS = 10

export function describeMachine(): Machine {
  const [load1 = 0, load5 = 0] = loadavg()
  return { cores: availableParallelism(), load1, load5, calibrationMiBps: calibrate() }
}

function calibrate(): number {
  const block = new Uint8Array(1024 * 1024)
  const rate = () => {
    const startMs = performance.now()
    const hash = createHash('sha256')
    for (let i = 0; i < CALIBRATION_MIB; i++) hash.update(block)
    hash.digest()
    return CALIBRATION_MIB / ((performance.now() - startMs) / 1000)
  }
  return Math.round(Math.max(rate(), rate(), rate()))
}

/** CPU time of everything this process has started and its descendants, without those in `except`. */
export function cpuMsOfChildren(except: readonly (number | undefined)[] = []): number {
  return descendants(except).reduce((sum, { cpuMs }) => sum + cpuMs, 0)
}

/** Bytes that the same processes sent to disk or will send, from the moment they are written to a file. */
export function writtenBytesOfChildren(): number {
  return descendants([]).reduce((sum, { pid }) => sum + readWritten(pid), 0)
}

function descendants(except: readonly (number | undefined)[]): { pid: number; cpuMs: number }[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)))
  const children = (parent: number): number[] =>
    processes.filter((one) => one.parent === parent && !except.includes(one.pid)).flatMap((one) => [one.pid, ...children(one.pid)])
  const counted = new Set(children(process.pid))
  return processes.filter(({ pid }) => counted.has(pid))
}

function readWritten(pid: number): number {
  try {
    return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** CPU time of one process, without its children. */
export function cpuMsOf(pid: number): number {
  return readStat(pid)[0]?.cpuMs ?? 0
}

function readStat(pid: number): { pid: number; parent: number; cpuMs: number }[] {
  try {
    // The name in brackets may hold spaces and brackets: fields are counted from its end.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number)
    return [{ pid, parent: fields[1] ?? 0, cpuMs: ((fields[11] ?? 0) + (fields[12] ?? 0)) * TICK_MS }]
  } catch {
    // It ended between the listing and the reading.
    return []
  }
}

export function rssMb(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) / 1024
}
