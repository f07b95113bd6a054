/** Where a player gets a file from: its address in the room, or all of it in memory where the browser keeps nothing for the page. */
import type { Files, RoomFile } from '../../ports/asterism.ts'
import { WATCH_MEMORY_BYTES } from '../../protocol/limits.ts'
import { addressOf } from '../files/read-preview.ts'

/** Throws `file-invalid` when it is too large to lie in memory. What lies there is let go when `signal` says so. */
export async function showAddress(files: Files, file: Pick<RoomFile, 'id' | 'bytes' | 'type'>, signal: AbortSignal): Promise<string> {
  return files.url(file.id) ?? (await addressOf(files, file, signal, WATCH_MEMORY_BYTES))
}
