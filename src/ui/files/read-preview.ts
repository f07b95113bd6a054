/** The bytes a preview needs, read through the room: the beginning of a text, or a picture or film that has no address. */
import type { Files, RoomFile } from '../../ports/asterism.ts'
import { RoomError } from '../../protocol/errors.ts'
import { PICTURE_PREVIEW_BYTES, TEXT_PREVIEW_BYTES } from '../../protocol/limits.ts'

export type TextPreview = { readonly letters: string; readonly isCut: boolean }

export async function textOf(files: Files, { id, bytes }: Pick<RoomFile, 'id' | 'bytes'>, signal: AbortSignal): Promise<TextPreview> {
  // A letter may be cut in half at the end: the decoder keeps it back.
  const decoder = new TextDecoder()
  const isCut = bytes > TEXT_PREVIEW_BYTES
  let letters = ''
  for await (const part of files.get(id, { offset: 0, length: Math.min(bytes, TEXT_PREVIEW_BYTES), signal }))
    letters += decoder.decode(part, { stream: true })
  return { letters: isCut ? letters : letters + decoder.decode(), isCut }
}

/** An address of this page's own; it lives until `signal` says that nobody looks any more. */
export async function addressOf(
  files: Files,
  { id, bytes, type }: Pick<RoomFile, 'id' | 'bytes' | 'type'>,
  signal: AbortSignal,
  mostBytes = PICTURE_PREVIEW_BYTES,
): Promise<string> {
  if (bytes > mostBytes) throw new RoomError('file-invalid')
  const parts: Uint8Array<ArrayBuffer>[] = []
  for await (const part of files.get(id, { signal })) parts.push(new Uint8Array(part))
  const url = URL.createObjectURL(new Blob(parts, { type }))
  signal.addEventListener('abort', () => URL.revokeObjectURL(url), { once: true })
  return url
}
