/**
 * Status and headers for a file served from our own origin. Its bytes come from other people, so nothing in it may run:
 * the sandbox has no rights at all, the type is never guessed, and what a browser would not merely show is saved instead.
 */
import type { PublishedFile } from '../../protocol/storage-worker.ts'
import { type ByteRange, parseRange } from './byte-range.ts'
import { cleanFileName } from './file-name.ts'

export type FileAnswer = {
  readonly status: 200 | 206 | 416
  readonly headers: Readonly<Record<string, string>>
  /** Which bytes of the file are the body. */
  readonly offset: number
  readonly length: number
}

/** Shown in place: pictures, sound, video, plain text. A sandboxed page may not show PDF in Chromium, so PDF is saved. */
const SHOWN = /^(image|audio|video)\/[\w.+-]+$|^text\/plain$/
const WELL_FORMED = /^[a-z]+\/[\w.+-]+$/

export function answerFor(file: PublishedFile, request: { range: string | null; download: boolean }): FileAnswer {
  const range = parseRange(request.range, file.bytes)
  const { offset, length } = range.kind === 'part' ? range : { offset: 0, length: range.kind === 'whole' ? file.bytes : 0 }
  const type = typeOf(file)
  const shown = SHOWN.test(type) && !request.download
  return {
    status: statusOf(range),
    offset,
    length,
    headers: {
      'Content-Type': type === 'text/plain' ? 'text/plain; charset=utf-8' : type,
      'Content-Length': String(length),
      'Content-Disposition': disposition(shown ? 'inline' : 'attachment', file.name),
      'Content-Security-Policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'",
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Accept-Ranges': 'bytes',
      'Cache-Control': 'no-store',
      ...contentRange(range, file.bytes),
    },
  }
}

function statusOf(range: ByteRange): FileAnswer['status'] {
  if (range.kind === 'whole') return 200
  return range.kind === 'part' ? 206 : 416
}

function contentRange(range: ByteRange, fileBytes: number): Record<string, string> {
  if (range.kind === 'whole') return {}
  if (range.kind === 'unsatisfiable') return { 'Content-Range': `bytes */${fileBytes}` }
  return { 'Content-Range': `bytes ${range.offset}-${range.offset + range.length - 1}/${fileBytes}` }
}

function typeOf(file: PublishedFile): string {
  const type = file.type.toLowerCase().split(';')[0]?.trim() ?? ''
  return WELL_FORMED.test(type) ? type : 'application/octet-stream'
}

/** The plain name for old clients, the exact one in UTF-8 (RFC 6266, RFC 8187). */
function disposition(kind: 'inline' | 'attachment', name: string): string {
  const clean = cleanFileName(name)
  const plain = clean.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const exact = encodeURIComponent(clean).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${kind}; filename="${plain}"; filename*=UTF-8''${exact}`
}
