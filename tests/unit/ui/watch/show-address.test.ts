import { expect, test } from 'vitest'
import type { Files } from '../../../../src/ports/asterism.ts'
import type { FileId } from '../../../../src/protocol/ids.ts'
import { WATCH_MEMORY_BYTES } from '../../../../src/protocol/limits.ts'
import { showAddress } from '../../../../src/ui/watch/show-address.ts'

const FILM = { id: 'film' as FileId, bytes: 6, type: 'video/webm' }

function filesAt(url: string | undefined) {
  let read = 0
  const files = {
    url: () => url,
    async *get() {
      read++
      yield new Uint8Array([1, 2, 3])
      yield new Uint8Array([4, 5, 6])
    },
  }
  return { files: files as unknown as Files, reads: () => read }
}

test('[WATCH-18] what has an address streams from it, and nothing is read beforehand', async () => {
  const { files, reads } = filesAt('/_room/r/film')
  expect(await showAddress(files, { ...FILM, bytes: WATCH_MEMORY_BYTES * 10 }, new AbortController().signal)).toBe('/_room/r/film')
  expect(reads()).toBe(0)
})

test('[WATCH-18] where the browser keeps nothing it plays from memory, until nobody looks; too large is refused unread', async () => {
  const { files, reads } = filesAt(undefined)
  const closing = new AbortController()
  const address = await showAddress(files, FILM, closing.signal)
  const blob = await (await fetch(address)).bytes()
  expect([...blob]).toEqual([1, 2, 3, 4, 5, 6])
  closing.abort()
  await expect(fetch(address)).rejects.toThrow()
  const large = showAddress(files, { ...FILM, bytes: WATCH_MEMORY_BYTES + 1 }, new AbortController().signal)
  await expect(large).rejects.toMatchObject({ code: 'file-invalid' })
  expect(reads()).toBe(1)
})
