import { expect, test } from 'vitest'
import type { FileId } from '../../../../src/protocol/ids.ts'
import { WATCH_MEMORY_BYTES } from '../../../../src/protocol/limits.ts'
import { filmAddress } from '../../../../src/tab/record/film-address.ts'

const FILM = { id: 'film' as FileId, bytes: 6, type: 'video/webm' }

function filesAt(url: string | undefined, read: () => void = () => {}) {
  return {
    url: () => url,
    async *get() {
      read()
      yield new Uint8Array([1, 2, 3])
      yield new Uint8Array([4, 5, 6])
    },
  }
}

test('[RECORD-17] what is watched is composed from its address, however large, and nothing is read beforehand', async () => {
  let reads = 0
  const large = { ...FILM, bytes: WATCH_MEMORY_BYTES * 10 }
  const files = filesAt('/_room/r/film', () => reads++)
  expect(await filmAddress(files, large, new AbortController().signal)).toBe('/_room/r/film')
  expect(reads).toBe(0)
})

test('[RECORD-17] where the browser keeps nothing it is composed from memory, until the show is over; too large is refused unread', async () => {
  let reads = 0
  const files = filesAt(undefined, () => reads++)
  const closing = new AbortController()
  const address = await filmAddress(files, FILM, closing.signal)
  expect([...(await (await fetch(address)).bytes())]).toEqual([1, 2, 3, 4, 5, 6])
  closing.abort()
  await expect(fetch(address)).rejects.toThrow()
  const large = filmAddress(files, { ...FILM, bytes: WATCH_MEMORY_BYTES + 1 }, new AbortController().signal)
  await expect(large).rejects.toMatchObject({ code: 'file-invalid' })
  expect(reads).toBe(1)
})

test('[RECORD-17] a show that ends while its film is read leaves nothing in memory', async () => {
  const closing = new AbortController()
  const address = await filmAddress(
    filesAt(undefined, () => closing.abort()),
    FILM,
    closing.signal,
  )
  await expect(fetch(address)).rejects.toThrow()
})
