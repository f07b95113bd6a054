/** Which files the service worker has to hear of: what it knows it keeps, whoever opens the room next. */
import { type Bytes, equalBytes } from '../../protocol/bytes.ts'
import type { FileId } from '../../protocol/ids.ts'
import { PUBLISHED_TAG_BYTES } from '../../protocol/limits.ts'
import type { PublishedTag } from '../../protocol/storage-worker.ts'

export type PublishedNews<T> = { readonly publish: readonly T[]; readonly unpublish: readonly FileId[] }

/** A record of another signature under the same id is another file. */
export function publishedNews<T extends { readonly signature: Bytes }>(
  published: ReadonlyMap<FileId, Bytes>,
  touched: Iterable<FileId>,
  find: (id: FileId) => T | undefined,
): PublishedNews<T> {
  const publish: T[] = []
  const unpublish: FileId[] = []
  for (const id of touched) {
    const [file, known] = [find(id), published.get(id)]
    if (file === undefined && known !== undefined) unpublish.push(id)
    if (file !== undefined && (known === undefined || !equalBytes(known, tagOf(file)))) publish.push(file)
  }
  return { publish, unpublish }
}

export function tagOf({ signature }: { readonly signature: Bytes }): PublishedTag['tag'] {
  return signature.slice(0, PUBLISHED_TAG_BYTES)
}
