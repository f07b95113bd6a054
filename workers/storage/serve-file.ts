/**
 * `GET /_room/<room>/<file id or root>`: a file of a room as a stream. Blocks that are not on this device are asked of
 * its tabs, so a video plays while it is being fetched and may be sought anywhere.
 */
import { answerFor } from '../../src/core/storage/file-response.ts'
import type { BlockStore } from '../../src/ports/block-store.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { RoomError } from '../../src/protocol/errors.ts'
import { type BlockId, parseRoomId, type RoomId } from '../../src/protocol/ids.ts'
import { BLOCK_WAIT_MS } from '../../src/protocol/limits.ts'
import type { BlockNeeded, PublishedFile } from '../../src/protocol/storage-worker.ts'
import { blockStored } from './await-block.ts'
import { findPublished } from './published-files.ts'
import { readRange } from './read-range.ts'

/** A tab that did not hear the first time, or a fetch that was lost, gets another chance. */
const ASK_AGAIN_MS = 5_000

export type AskTabs = (needed: BlockNeeded) => Promise<void>

export function isRoomFile(url: URL): boolean {
  return url.pathname.startsWith('/_room/')
}

export async function serveFile(request: Request, store: BlockStore, askTabs: AskTabs): Promise<Response> {
  const url = new URL(request.url)
  const [, , roomText = '', name = '', ...rest] = url.pathname.split('/')
  const room = parseRoomId(roomText)
  const file = room === undefined || rest.length > 0 ? undefined : await findPublished(room, name)
  if (room === undefined || file === undefined) return notFound()

  const answer = answerFor(file, { range: request.headers.get('range'), download: url.searchParams.has('download') })
  const gone = new AbortController()
  const load = (id: BlockId) => loadBlock({ room, file, id, store, askTabs, signal: gone.signal })
  const bytes = readRange(file, answer.offset, answer.length, load)
  const hasBody = request.method !== 'HEAD' && answer.status !== 416
  return new Response(hasBody ? streamOf(bytes, gone) : null, { status: answer.status, headers: answer.headers })
}

function notFound(): Response {
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Cache-Control': 'no-store',
  }
  return new Response('This file is not in the room.', { status: 404, headers })
}

type Needed = {
  readonly room: RoomId
  readonly file: PublishedFile
  readonly id: BlockId
  readonly store: BlockStore
  readonly askTabs: AskTabs
  readonly signal: AbortSignal
}

async function loadBlock({ room, file, id, store, askTabs, signal }: Needed): Promise<Bytes> {
  for (let waitedMs = 0; waitedMs < BLOCK_WAIT_MS && !signal.aborted; waitedMs += ASK_AGAIN_MS) {
    const held = await store.get(id)
    if (held !== undefined) return held
    const stored = blockStored(id, ASK_AGAIN_MS, signal)
    await askTabs({ t: 'need', room, file: file.id, id })
    await stored
  }
  throw new RoomError(signal.aborted ? 'aborted' : 'block-missing', 'no tab could fetch a block in time')
}

function streamOf(bytes: AsyncGenerator<Bytes>, gone: AbortController): ReadableStream<Bytes> {
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        const { done, value } = await bytes.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel() {
        gone.abort()
      },
    },
    { highWaterMark: 1 },
  )
}
