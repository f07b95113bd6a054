import { expect, test } from 'vitest'
import type { ObjectId } from '../../../../src/protocol/object.ts'
import { FileReader, type ReadParts } from '../../../../src/tab/storage/read-files.ts'

const OBJECT = { id: 'object' as ObjectId, k: 1, rows: 1, chunks: [{ ids: ['block'] }] }

/** A device whose store has nothing of the object; it says to have all of it `before` and `after` that was looked up. */
async function noticesOf({ before, after }: { before: boolean; after: boolean }): Promise<readonly string[]> {
  let isWhole = before
  const notices: string[] = []
  const parts = {
    book: { open: () => Promise.resolve(OBJECT) },
    blocks: {
      has() {
        isWhole = after
        return Promise.resolve([false])
      },
    },
    facts: { holders: () => [] },
    fetcher: { chunk: () => Promise.resolve(new Map([[0, new Uint8Array(1)]])) },
    holdings: { whole: () => new Set(isWhole ? [0] : []) },
    clock: { after: () => () => {} },
    notify: (code: string) => notices.push(code),
    signal: new AbortController().signal,
  }
  await new FileReader(parts as unknown as ReadParts).supply(OBJECT.id, 0)
  return notices
}

test('[STORAGE-33] who reads is told of a lost piece, and not of one that came to be kept meanwhile', async () => {
  expect(await noticesOf({ before: true, after: true })).toEqual(['block-mismatch'])
  expect(await noticesOf({ before: false, after: true })).toEqual([])
  expect(await noticesOf({ before: false, after: false })).toEqual([])
})
