/**
 * Tells the service worker which files have addresses, in the order they came and went. It keeps what it was told, so of
 * a room that is opened again only what changed meanwhile is news.
 */
import { publishedNews, tagOf } from '../../core/storage/published-news.ts'
import type { RoomFileKeys } from '../../pipeline/file-keys.ts'
import type { FileGateway } from '../../ports/file-gateway.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { FileId, RoomId } from '../../protocol/ids.ts'
import type { FileRecord } from '../../protocol/room-state.ts'
import type { SignedRecords } from './signed-records.ts'

export type PublishParts = {
  readonly room: RoomId
  readonly keys: RoomFileKeys
  readonly gateway: FileGateway
  readonly records: Pick<SignedRecords, 'files' | 'settled'>
}

export type Publisher = {
  changed(ids: ReadonlySet<FileId>): void
  /** Resolves when their addresses are answered. Throws what the store throws. */
  publish(files: readonly FileRecord[]): Promise<void>
}

export function publishFiles({ room, keys, gateway, records }: PublishParts): Publisher {
  const { files } = records
  const published = new Map<FileId, Bytes>()
  let changed = new Set<FileId>(files.entries.keys() as Iterable<FileId>)
  let working: Promise<unknown> = open().catch(() => undefined)
  let isWaiting = false

  async function open(): Promise<void> {
    await gateway.unlock(room, keys)
    for (const { id, tag } of await gateway.published(room)) published.set(id, tag)
  }
  async function publish(some: readonly FileRecord[]): Promise<void> {
    if (some.length > 0) await gateway.publish(room, some)
    for (const file of some) published.set(file.id, tagOf(file))
  }
  async function tell(): Promise<void> {
    isWaiting = false
    const news = publishedNews(published, changed, (id) => files.get(id))
    changed = new Set()
    await publish(news.publish)
    if (news.unpublish.length > 0) await gateway.unpublish(room, news.unpublish)
    for (const id of news.unpublish) published.delete(id)
  }
  function soon(): void {
    if (isWaiting || changed.size === 0) return
    isWaiting = true
    // A store that fails leaves files without addresses; they can still be read in the page.
    working = working.then(tell).catch(() => undefined)
  }
  soon()
  // What left the room while this device was away.
  void Promise.all([working, records.settled()]).then(() => {
    for (const id of published.keys()) changed.add(id)
    soon()
  })
  return {
    changed(ids) {
      for (const id of ids) changed.add(id)
      soon()
    },
    publish(some) {
      const done = working.then(() => publish(some))
      working = done.catch(() => undefined)
      return done
    },
  }
}
