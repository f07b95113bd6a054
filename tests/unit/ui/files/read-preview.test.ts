import { expect, test } from 'vitest'
import type { Files, GetOptions } from '../../../../src/ports/asterism.ts'
import type { FileId } from '../../../../src/protocol/ids.ts'
import { TEXT_PREVIEW_BYTES } from '../../../../src/protocol/limits.ts'
import { textOf } from '../../../../src/ui/files/read-preview.ts'
import { fakeRoom } from '../../../../src/ui/gallery/fixtures/fake-room.ts'

const ID = 'a' as FileId

function portOf(bytes: Uint8Array, asked: unknown[] = []): Files {
  return Object.assign(fakeRoom().files, {
    async *get(_id: FileId, options: GetOptions = {}) {
      asked.push([options.offset, options.length])
      // Odd parts, so that letters are cut in half on the way.
      const wanted = bytes.subarray(0, options.length)
      for (let at = 0; at < wanted.length; at += 7) yield wanted.subarray(at, at + 7)
    },
  })
}

test('[UI-38] a long text is asked for its beginning only', async () => {
  const asked: unknown[] = []
  const bytes = new Uint8Array(TEXT_PREVIEW_BYTES + 10).fill(97)
  const { letters, isCut } = await textOf(portOf(bytes, asked), { id: ID, bytes: bytes.length }, new AbortController().signal)
  expect([letters.length, isCut, asked]).toEqual([TEXT_PREVIEW_BYTES, true, [[0, TEXT_PREVIEW_BYTES]]])
})

test('[UI-38] letters of several bytes survive any cut, and bytes that are no text do not throw', async () => {
  const bytes = new TextEncoder().encode('دانا ß 🦊 '.repeat(20))
  const whole = await textOf(portOf(bytes), { id: ID, bytes: bytes.length }, new AbortController().signal)
  expect(whole).toEqual({ letters: 'دانا ß 🦊 '.repeat(20), isCut: false })
  const noise = await textOf(portOf(new Uint8Array([255, 254, 0])), { id: ID, bytes: 3 }, new AbortController().signal)
  expect(noise.isCut).toBe(false)
})
