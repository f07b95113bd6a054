/**
 * Where saved bytes go. Small amounts are gathered and handed over as an ordinary download; larger ones are written
 * into a file the person chooses, as they come, where the browser can do that. Where it cannot, memory is the bound.
 */
import { SAVE_IN_MEMORY_BYTES } from '../../protocol/limits.ts'
import { formatBytes } from '../format/amounts.ts'

export interface Target {
  write(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
  abort(): Promise<void>
}

/** More than this browser can save; the message is for people. */
export class TooMuch extends Error {}

type Picker = (options: { suggestedName: string }) => Promise<FileSystemFileHandle>

/** Up to here a download that simply arrives is kinder than a question where to put it. */
const UNASKED_BYTES = 64 * 1024 * 1024
/** Parts are gathered to this size, so that the browser may move them out of memory. */
const GATHERED_BYTES = 8 * 1024 * 1024
/** Browsers take the bytes over within this time of the click; until then the address must live. */
const TAKEN_OVER_MS = 60_000

/** Undefined when the person thought better of it. Throws when it is too much for this browser. */
export async function openTarget(name: string, bytes: number): Promise<Target | undefined> {
  const picker = (globalThis as { showSaveFilePicker?: Picker }).showSaveFilePicker
  if (bytes <= UNASKED_BYTES || picker === undefined) return memoryTarget(name, bytes)
  try {
    const handle = await picker({ suggestedName: name })
    const stream = await handle.createWritable()
    return {
      write: (part) => stream.write(new Uint8Array(part)),
      close: () => stream.close(),
      abort: () => stream.abort(),
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined
    throw error
  }
}

function memoryTarget(name: string, bytes: number): Target {
  if (bytes > SAVE_IN_MEMORY_BYTES) {
    const bound = formatBytes(SAVE_IN_MEMORY_BYTES)
    throw new TooMuch(`This browser can save up to ${bound} this way. Save fewer files at a time, or open the room in Chrome or Edge.`)
  }
  const blobs: Blob[] = []
  let parts: Uint8Array<ArrayBuffer>[] = []
  let gathered = 0
  const gather = () => {
    blobs.push(new Blob(parts))
    parts = []
    gathered = 0
  }
  return {
    async write(part) {
      parts.push(new Uint8Array(part))
      gathered += part.length
      if (gathered >= GATHERED_BYTES) gather()
    },
    async close() {
      gather()
      handOver(name, blobs)
    },
    async abort() {
      blobs.length = 0
      parts = []
    },
  }
}

function handOver(name: string, blobs: readonly Blob[]): void {
  const link = document.createElement('a')
  // Of no type: a program in disguise must not become a page of ours.
  link.href = URL.createObjectURL(new Blob([...blobs], { type: 'application/octet-stream' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), TAKEN_OVER_MS)
}
