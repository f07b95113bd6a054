/**
 * A message may carry a file of the room: a line `[name](file:id)` and nothing else, so that whoever reads the chat by other
 * means still reads the name. The bytes go the way of all files; the message has the link alone.
 */
import type { RoomFile } from '../../ports/asterism.ts'
import { type FileId, parseFileId } from '../../protocol/ids.ts'

export type ChatPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly id: FileId; readonly name: string }

export function fileLink({ id, name }: Pick<RoomFile, 'id' | 'name'>): string {
  return `[${name}](file:${id})`
}

/** Text stays as it was written; only whole lines of the right shape with a real id are links. */
export function chatParts(text: string): readonly ChatPart[] {
  const parts: ChatPart[] = []
  for (const line of text.split('\n')) {
    const [, name = '', written = ''] = /^\[(.+)\]\(file:([\w-]+)\)$/.exec(line) ?? []
    const id = parseFileId(written)
    const last = parts.at(-1)
    if (id !== undefined) parts.push({ kind: 'file', id, name })
    else if (last?.kind === 'text') parts[parts.length - 1] = { kind: 'text', text: `${last.text}\n${line}` }
    else parts.push({ kind: 'text', text: line })
  }
  return parts
}
