/** The process that all pages of a browser share, seen from outside (Linux): what pages hand over is held there. */
import { readdir, readFile } from 'node:fs/promises'

/** The browser that runs on this profile folder; undefined where processes cannot be listed. */
export async function findBrowserProcess(folder: string): Promise<number | undefined> {
  const names = await readdir('/proc').catch(() => [])
  for (const pid of names.filter((name) => /^\d+$/.test(name))) {
    const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
    if (args.includes(`--user-data-dir=${folder}`) && !args.some((one) => one.startsWith('--type='))) return Number(pid)
  }
  return undefined
}

export async function residentMiB(pid: number): Promise<number> {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kib) / 1024
}
