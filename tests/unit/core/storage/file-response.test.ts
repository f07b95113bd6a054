import { expect, test } from 'vitest'
import { answerFor } from '../../../../src/core/storage/file-response.ts'
import type { BlockId, FileId } from '../../../../src/protocol/ids.ts'
import type { PublishedFile } from '../../../../src/protocol/storage-worker.ts'

const file = (name: string, type: string): PublishedFile => ({
  id: 'f' as FileId,
  object: 'bafkrei' as BlockId,
  offset: 0,
  root: 'bafkrei' as BlockId,
  name,
  type,
  bytes: 100,
})
const headersOf = (name: string, type: string, download = false) => answerFor(file(name, type), { range: null, download }).headers

test('[STORE-14] a part is answered 206 with where it lies', () => {
  expect(answerFor(file('a.mp4', 'video/mp4'), { range: 'bytes=0-1', download: false })).toMatchObject({
    status: 206,
    offset: 0,
    length: 2,
    headers: { 'Content-Range': 'bytes 0-1/100', 'Content-Length': '2', 'Accept-Ranges': 'bytes' },
  })
})

test('[STORE-14] a range outside the file is answered 416', () => {
  expect(answerFor(file('a', ''), { range: 'bytes=100-', download: false })).toMatchObject({
    status: 416,
    length: 0,
    headers: { 'Content-Range': 'bytes */100' },
  })
})

test.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/html; charset=utf-7', 'nonsense', ''])(
  '[STORE-15] a file of type %j runs nothing and is not guessed at',
  (type) => {
    const headers = headersOf('a', type)
    expect(headers['Content-Security-Policy']).toMatch(/^sandbox; default-src 'none'/)
    expect(headers['X-Content-Type-Options']).toBe('nosniff')
    expect(headers['Cache-Control']).toBe('no-store')
  },
)

test.each([
  ['video/mp4', 'inline'],
  ['image/png', 'inline'],
  ['text/plain', 'inline'],
  ['text/html', 'attachment'],
  ['application/pdf', 'attachment'],
  ['application/x-msdownload', 'attachment'],
  ['"><script>', 'attachment'],
])('[STORE-15] a file of type %j is offered %s', (type, kind) => {
  expect(headersOf('a', type)['Content-Disposition']).toMatch(new RegExp(`^${kind};`))
  expect(headersOf('a', type, true)['Content-Disposition']).toMatch(/^attachment;/)
})

test('[STORE-15] a name cannot break out of its header', () => {
  const name = 'a"; filename="evil.exe\r\nSet-Cookie: x=1 \u202e€\'*.png'
  expect(headersOf(name, 'image/png')['Content-Disposition']).toBe(
    `inline; filename="a_; filename=_evil.exeSet-Cookie_ x=1 _'_.png"; filename*=UTF-8''a_%3B%20filename%3D_evil.exeSet-Cookie_%20x%3D1%20%E2%82%AC%27_.png`,
  )
})
