import { afterEach, expect, test, vi } from 'vitest'
import { SAVE_IN_MEMORY_BYTES } from '../../../../src/protocol/limits.ts'
import { openTarget } from '../../../../src/ui/files/save-target.ts'

afterEach(() => void vi.unstubAllGlobals())

test('[UI-36] without a file to write into, more than memory takes is refused with its bound', async () => {
  await expect(openTarget('film.zip', SAVE_IN_MEMORY_BYTES + 1)).rejects.toThrow('up to 537 MB')
})

test('[UI-36] a large archive is written where the person said, part by part', async () => {
  const written: unknown[] = []
  const stream = {
    write: async (part: Uint8Array) => void written.push([...part]),
    close: async () => void written.push('closed'),
    abort: vi.fn(),
  }
  const picker = vi.fn(async (_options: unknown) => ({ createWritable: async () => stream }))
  vi.stubGlobal('showSaveFilePicker', picker)
  const target = await openTarget('film.zip', SAVE_IN_MEMORY_BYTES + 1)
  await target?.write(new Uint8Array([1, 2]))
  await target?.close()
  expect([picker.mock.calls, written]).toEqual([[[{ suggestedName: 'film.zip' }]], [[1, 2], 'closed']])
})

test('[UI-36] who thinks better of it saves nothing and sees no error', async () => {
  vi.stubGlobal('showSaveFilePicker', () => Promise.reject(new DOMException('closed', 'AbortError')))
  expect(await openTarget('film.zip', SAVE_IN_MEMORY_BYTES)).toBeUndefined()
})
