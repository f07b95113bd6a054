/** What is known of a file before it was read; `bytes` of a stream is known at its end. */
import { cleanFileName, cleanFolder } from '../../core/storage/file-name.ts'
import type { PutOptions } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'
import type { FileRecord } from '../../protocol/room-state.ts'

export type FileData = Blob | AsyncIterable<Uint8Array>

export type Draft = Omit<FileRecord, 'root' | 'object' | 'offset' | 'signature'>

const TYPE_CHARS = 255

/** Throws `file-invalid`. */
export function draftOf(
  data: FileData,
  { name, type, folder = '' }: Pick<PutOptions, 'name' | 'type' | 'folder'>,
  by: Pick<Draft, 'id' | 'addedBy' | 'addedAtMs'>,
): Draft {
  const isBlob = data instanceof Blob
  const isStream = typeof data === 'object' && data !== null && Symbol.asyncIterator in data
  if (!isBlob && !isStream) throw new RoomError('file-invalid', 'neither a Blob nor an async iterable')
  const said = type ?? (isBlob ? data.type : '')
  return { ...by, name: cleanFileName(name), folder: cleanFolder(folder), type: said.slice(0, TYPE_CHARS), bytes: isBlob ? data.size : 0 }
}
