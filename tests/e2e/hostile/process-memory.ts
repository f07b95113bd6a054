/** All a process holds in memory, read from outside (Linux). Nothing is missed for being in a buffer, a string or freed. */
import { open, readFile } from 'node:fs/promises'

const CHUNK_BYTES = 16 * 1024 * 1024
const BEGINNING = 7

/** Which of the needles stand anywhere in the writable memory of `pid`, as UTF-8 or UTF-16. */
export async function findInMemory(pid: number, needles: readonly string[]): Promise<string[]> {
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8')
  const memory = await open(`/proc/${pid}/mem`, 'r')
  const found = new Set<string>()
  const overlap = 4 * Math.max(...needles.map((needle) => needle.length))
  try {
    for (const [start, end] of writableRegions(maps)) {
      for (let at = start; at < end; at += CHUNK_BYTES - overlap) {
        const bytes = Buffer.alloc(Math.min(CHUNK_BYTES, end - at))
        const { bytesRead } = await memory.read(bytes, 0, bytes.length, at).catch(() => ({ bytesRead: 0 }))
        for (const needle of findInBytes(bytes.subarray(0, bytesRead), needles)) found.add(needle)
      }
    }
  } finally {
    await memory.close()
  }
  return [...found]
}

/** Beginnings first: hundreds that begin alike are looked for at once. */
export function findInBytes(bytes: Buffer, needles: readonly string[]): string[] {
  const has = (text: string) => bytes.includes(text, 0, 'utf8') || bytes.includes(text, 0, 'utf16le')
  const beginningOf = (needle: string) => needle.slice(0, BEGINNING)
  const begun = new Set([...new Set(needles.map(beginningOf))].filter(has))
  return needles.filter((needle) => begun.has(beginningOf(needle)) && has(needle))
}

function writableRegions(maps: string): [number, number][] {
  return maps.split('\n').flatMap((line) => {
    const match = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line)
    if (match === null || line.includes('[vvar]')) return []
    return [[Number.parseInt(match[1] as string, 16), Number.parseInt(match[2] as string, 16)] as [number, number]]
  })
}
