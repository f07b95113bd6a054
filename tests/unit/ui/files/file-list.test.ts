import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Files, RoomFile } from '../../../../src/ports/asterism.ts'
import { RoomError } from '../../../../src/protocol/errors.ts'
import { FileList } from '../../../../src/ui/files/file-list.svelte.ts'
import { FEW_FILES } from '../../../../src/ui/gallery/fixtures/files.ts'

const [film, minutes] = FEW_FILES as [RoomFile, RoomFile]

function shelf(put: Files['put'] = () => Promise.resolve(film)) {
  const remove = vi.fn()
  const port = { list: () => FEW_FILES, put, remove, subscribe: () => () => undefined } as unknown as Files
  return { list: new FileList(port), remove }
}

const namesOf = (list: FileList) => list.all.map(({ name }) => name)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('[UI-13] a removed file goes out of sight at once and out of the room after ten seconds', () => {
  const { list, remove } = shelf()
  list.remove(film)
  expect(namesOf(list)).not.toContain(film.name)
  vi.advanceTimersByTime(9_999)
  expect(remove).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(remove).toHaveBeenCalledExactlyOnceWith(film.id)
})

test('[UI-13] a change of mind keeps it', () => {
  const { list, remove } = shelf()
  list.remove(film)
  list.undo(film.id)
  vi.advanceTimersByTime(20_000)
  expect(remove).not.toHaveBeenCalled()
  expect(namesOf(list)).toContain(film.name)
})

test('[UI-13] leaving the room settles what was removed, once', () => {
  const { list, remove } = shelf()
  list.remove(film)
  list.remove(minutes)
  list.settle()
  vi.advanceTimersByTime(20_000)
  expect(remove.mock.calls).toEqual([[film.id], [minutes.id]])
})

test('[UI-14] a file that cannot be added is named with the reason and can be tried again', async () => {
  let isFull = true
  const put = vi.fn(() => (isFull ? Promise.reject(new RoomError('quota-exceeded')) : Promise.resolve(film)))
  const { list } = shelf(put)
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
  const { list } = shelf(() => Promise.reject(new RoomError('aborted')))
  list.add([new File(['x'], 'stopped.iso')])
  await vi.runAllTimersAsync()
  expect(list.refusals).toEqual([])
})

test('[UI-14] many files are added two at a time, all of them', async () => {
  let [now, most] = [0, 0]
  const put = vi.fn(async () => {
    most = Math.max(most, ++now)
    await new Promise((done) => setTimeout(done, 5))
    now--
    return film
  })
  const { list } = shelf(put)
  list.add(Array.from({ length: 9 }, (_, i) => new File(['x'], `${i}`)))
  await vi.runAllTimersAsync()
  expect([most, put.mock.calls.length]).toEqual([2, 9])
})
