import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Files, RoomFile } from '../../../../src/ports/asterism.ts'
import { RoomError } from '../../../../src/protocol/errors.ts'
import { ADD_SINGLY_FILES } from '../../../../src/protocol/limits.ts'
import { FileList } from '../../../../src/ui/files/file-list.svelte.ts'
import { fakeRoom } from '../../../../src/ui/gallery/fixtures/fake-room.ts'
import { BINNED, FEW_FILES } from '../../../../src/ui/gallery/fixtures/files.ts'

const [film, minutes] = FEW_FILES as [RoomFile, RoomFile]

/** A room's files with some deeds replaced by the ones to be watched. */
function shelf(deeds: Partial<Files> = {}) {
  const port = fakeRoom({ files: FEW_FILES, bin: BINNED }).files
  return { list: new FileList(Object.assign(port, deeds)), port }
}

const namesOf = (list: FileList) => list.all.map(({ name }) => name)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('[UI-13] what is removed goes at once, and for ten seconds the way back is there', () => {
  const { list } = shelf()
  list.remove([film])
  expect([namesOf(list).includes(film.name), list.removals.map(({ name }) => name)]).toEqual([false, [film.name]])
  vi.advanceTimersByTime(9_999)
  expect(list.removals).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(list.removals).toEqual([])
})

test('[UI-13] a change of mind brings all of them back', () => {
  const { list } = shelf()
  list.remove([film, minutes])
  expect(list.removals.map(({ name }) => name)).toEqual(['2 files'])
  const [removal] = list.removals
  if (removal !== undefined) list.undo(removal)
  expect([namesOf(list).toSorted(), list.removals]).toEqual([FEW_FILES.map(({ name }) => name).toSorted(), []])
})

test('[UI-13] what was removed rests in the bin', () => {
  const { list } = shelf()
  list.remove([film])
  vi.advanceTimersByTime(60_000)
  expect(list.bin.map(({ name }) => name)).toEqual([film.name, ...BINNED.map(({ name }) => name)])
})

test('[UI-14] a file that cannot be added is named with the reason and can be tried again', async () => {
  let isFull = true
  const put = vi.fn(() => (isFull ? Promise.reject(new RoomError('quota-exceeded')) : Promise.resolve(film)))
  const { list } = shelf({ put })
  list.add([new File(['x'], 'big.iso')])
  await vi.runAllTimersAsync()
  expect(list.refusals).toMatchObject([{ name: 'big.iso', sentence: new RoomError('quota-exceeded').message }])

  isFull = false
  const [refusal] = list.refusals
  if (refusal !== undefined) list.retry(refusal)
  await vi.runAllTimersAsync()
  expect(list.refusals).toEqual([])
  expect(put).toHaveBeenCalledTimes(2)
})

test('[UI-14] what was stopped on purpose is no error', async () => {
  const { list } = shelf({ put: () => Promise.reject(new RoomError('aborted')) })
  list.add([new File(['x'], 'stopped.iso')])
  await vi.runAllTimersAsync()
  expect(list.refusals).toEqual([])
})

test('[UI-14] a few files are added two at a time, all of them', async () => {
  let [now, most] = [0, 0]
  const put = vi.fn(async () => {
    most = Math.max(most, ++now)
    await new Promise((done) => setTimeout(done, 5))
    now--
    return film
  })
  const { list } = shelf({ put })
  list.add(Array.from({ length: 9 }, (_, i) => new File(['x'], `${i}`)))
  await vi.runAllTimersAsync()
  expect([most, put.mock.calls.length]).toEqual([2, 9])
})

test('[UI-14] secret holds for what is added while it is on', async () => {
  const put = vi.fn((_data: unknown, _options: unknown) => Promise.resolve(film))
  const { list } = shelf({ put: put as unknown as Files['put'] })
  list.isSecret = true
  list.add([new File(['x'], 'a')])
  list.isSecret = false
  list.add([new File(['x'], 'b')])
  await vi.runAllTimersAsync()
  expect(put.mock.calls.map(([, options]) => options)).toEqual([
    { name: 'a', type: '', sensitive: true },
    { name: 'b', type: '' },
  ])
})

test('[UI-33] many files are told as one, and its row goes when all are in', async () => {
  const putMany = vi.fn(() => Promise.resolve([]))
  const { list } = shelf({ putMany })
  list.add(Array.from({ length: ADD_SINGLY_FILES + 1 }, (_, i) => new File(['x'], `${i}`)))
  expect(list.jobs.map(({ name }) => name)).toEqual([`${ADD_SINGLY_FILES + 1} files`])
  expect(list.summary).toEqual({ percent: 0, text: '21 files: Looking through it: 0 files so far' })
  await vi.runAllTimersAsync()
  expect([list.jobs, putMany.mock.calls.length]).toEqual([[], 1])
})
