/** One store, one shape of values, in a browser of its own with a fresh profile on disk. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from 'playwright'
import { CHROMIUM_FLAGS } from '../../e2e/chromium-flags.ts'
import { findChromium } from '../../find-browser.ts'
import { cpuMsOfChildren, writtenBytesOfChildren } from '../machine.ts'
import type { Engine, Shape } from './stores-page.ts'

const MIB = 1024 * 1024

/** What the browser writes of its own accord when it starts, and what a store writes a little later, when it tidies up. */
const SETTLE_MS = 1_500

export type Measured = {
  readonly putMiBps: number
  readonly getMiBps: number
  readonly putCpuMsPerMiB: number
  readonly getCpuMsPerMiB: number
  /** Bytes the browser's processes wrote, per byte stored. */
  readonly written: number
  /** Bytes the profile grew by, per byte stored. */
  readonly grown: number
}

export async function measureStore(url: string, engine: Engine, shape: Shape): Promise<Measured> {
  const profile = await mkdtemp(join(tmpdir(), 'stores-'))
  try {
    const context = await chromium.launchPersistentContext(profile, { executablePath: findChromium(), args: CHROMIUM_FLAGS })
    try {
      const page = context.pages()[0] ?? (await context.newPage())
      await page.goto(url)
      await page.evaluate(async () => {
        const script = '/stores.js'
        await import(script)
      })
      await page.evaluate(([engine, shape]) => stores.make(engine, shape), [engine, shape] as const)
      await wait(SETTLE_MS)

      const before = { cpuMs: cpuMsOfChildren(), written: writtenBytesOfChildren(), grown: await bytesUnder(profile) }
      const putSeconds = await page.evaluate(() => stores.put())
      const putCpuMs = cpuMsOfChildren() - before.cpuMs
      await wait(SETTLE_MS)
      const after = { written: writtenBytesOfChildren(), grown: await bytesUnder(profile), cpuMs: cpuMsOfChildren() }
      const getSeconds = await page.evaluate(() => stores.get())
      const getCpuMs = cpuMsOfChildren() - after.cpuMs

      const mib = shape.totalBytes / MIB
      return {
        putMiBps: mib / putSeconds,
        getMiBps: mib / getSeconds,
        putCpuMsPerMiB: putCpuMs / mib,
        getCpuMsPerMiB: getCpuMs / mib,
        written: (after.written - before.written) / shape.totalBytes,
        grown: (after.grown - before.grown) / shape.totalBytes,
      }
    } finally {
      await context.close()
    }
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Blocks on disk, not lengths: a file may be sparse, and a short one takes a whole block. */
async function bytesUnder(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ blocks }) => blocks * 512,
        // It went between the listing and the look.
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}
