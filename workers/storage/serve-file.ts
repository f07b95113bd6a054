/**
 * `GET /_room/<room>/<file>`: a file of a room as a stream, opened from its sealed fragments. What is not on this device
 * is asked of its tabs, so a video plays while it is being fetched and may be sought anywhere.
 */
import { answerFor } from '../../src/core/storage/file-response.ts'
import type { BlockStore } from '../../src/ports/block-store.ts'
import type { Bytes } from '../../src/protocol/bytes.ts'
import { parseRoomId } from '../../src/protocol/ids.ts'
import { findPublished } from './published-files.ts'
import { type AskTabs, readPublished } from './read-published.ts'

export function isRoomFile(url: URL): boolean {
  return url.pathname.startsWith('/_room/')
}

export async function serveFile(request: Request, store: BlockStore, askTabs: AskTabs): Promise<Response> {
  const url = new URL(request.url)
  const [, , roomText = '', id = '', ...rest] = url.pathname.split('/')
  const room = parseRoomId(roomText)
  const published = room === undefined || rest.length > 0 ? undefined : await findPublished(room, id)
  if (room === undefined || published === undefined) return notFound()

  const range = request.headers.get('range')
  const answer = answerFor(published.file, { range, download: url.searchParams.has('download') })
  const gone = new AbortController()
  const bytes = readPublished({ ...published, room, store, askTabs, signal: gone.signal }, answer.offset, answer.length)
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
