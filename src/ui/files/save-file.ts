/** Saves a file that has no address to save from: read whole into memory, then handed to the browser. */
import type { Files, RoomFile } from '../../ports/asterism.ts'

/** Browsers take the bytes over within this time of the click; until then the address must live. */
const TAKEN_OVER_MS = 60_000

export async function saveFile(files: Files, { id, name }: Pick<RoomFile, 'id' | 'name'>): Promise<void> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  for await (const bytes of files.get(id)) parts.push(new Uint8Array(bytes))
  const link = document.createElement('a')
  // Of no type: a program in disguise must not become a page of ours.
  link.href = URL.createObjectURL(new Blob(parts, { type: 'application/octet-stream' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), TAKEN_OVER_MS)
}
