/** Small files lie in one object together, up to one chunk, so that ten thousand of them are a few objects. */
import type { NewFile } from '../../ports/asterism.ts'
import { CHUNK_BYTES, SMALL_FILE_BYTES } from '../../protocol/limits.ts'

/** Groups of files that become one object each; within a group in the order given. */
export function packFiles(files: Iterable<NewFile>): readonly (readonly NewFile[])[] {
  const packs: NewFile[][] = []
  let open: NewFile[] = []
  let openBytes = 0
  for (const file of files) {
    // A file that is none fails by itself when it is added.
    const bytes = file.data?.size ?? 0
    if (bytes > SMALL_FILE_BYTES) {
      packs.push([file])
      continue
    }
    if (openBytes + bytes > CHUNK_BYTES) {
      packs.push(open)
      open = []
      openBytes = 0
    }
    open.push(file)
    openBytes += bytes
  }
  if (open.length > 0) packs.push(open)
  return packs
}
