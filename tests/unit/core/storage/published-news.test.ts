import { expect, test } from 'vitest'
import { publishedNews, tagOf } from '../../../../src/core/storage/published-news.ts'
import { type FileId, toFileId } from '../../../../src/protocol/ids.ts'

const id = (n: number) => toFileId(new Uint8Array(16).fill(n))
const file = (n: number, letter: number) => ({ id: id(n), signature: new Uint8Array(64).fill(letter) })

test('[STORE-22] news are files that came, changed or went, and nothing else', () => {
  const published = new Map([1, 2, 3].map((n) => [id(n), tagOf(file(n, 1))]))
  const listed = new Map<FileId, ReturnType<typeof file>>([file(1, 1), file(2, 9), file(4, 1)].map((one) => [one.id, one]))
  const news = publishedNews(published, [1, 2, 3, 4, 5].map(id), (of) => listed.get(of))
  expect(news).toEqual({ publish: [file(2, 9), file(4, 1)], unpublish: [id(3)] })
})
