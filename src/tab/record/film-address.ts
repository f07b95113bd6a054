/** Where a player that nobody sees gets a film from: its address in the room, or all of it in memory where the browser keeps nothing for the page. */
import type { Files, RoomFile } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'
import { WATCH_MEMORY_BYTES } from '../../protocol/limits.ts'

/** Throws `file-invalid` when it is too large to lie in memory, which its viewers here read on their screens too. Let go when `signal` says so. */
export async function filmAddress(
  files: Pick<Files, 'url' | 'get'>,
  { id, bytes, type }: Pick<RoomFile, 'id' | 'bytes' | 'type'>,
  signal: AbortSignal,
): Promise<string> {
  const address = files.url(id)
  if (address !== undefined) return address
  if (bytes > WATCH_MEMORY_BYTES) throw new RoomError('file-invalid', 'too large for memory')
  const parts: Uint8Array<ArrayBuffer>[] = []
  for await (const part of files.get(id, { signal })) parts.push(new Uint8Array(part))
  const url = URL.createObjectURL(new Blob(parts, { type }))
  const letGo = () => URL.revokeObjectURL(url)
  if (signal.aborted) letGo()
  else signal.addEventListener('abort', letGo, { once: true })
  return url
}
