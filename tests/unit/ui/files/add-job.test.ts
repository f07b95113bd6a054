import { expect, test, vi } from 'vitest'
import type { Files, NewFile, RoomFile } from '../../../../src/ports/asterism.ts'
import { RoomError } from '../../../../src/protocol/errors.ts'
import { ADD_BATCH_FILES } from '../../../../src/protocol/limits.ts'
import { AddJob } from '../../../../src/ui/files/add-job.svelte.ts'
import type { Found } from '../../../../src/ui/files/walk-folder.ts'
import { fakeRoom } from '../../../../src/ui/gallery/fixtures/fake-room.ts'
import { file } from '../../../../src/ui/gallery/fixtures/files.ts'

/** A room that takes what `takes` allows, and remembers it. */
function roomThat(takes: (name: string) => RoomError | undefined = () => undefined) {
  const inside: string[] = []
  const batches: number[] = []
  const take = (files: readonly NewFile[]) => {
    for (const { name } of files) {
      const refusal = takes(name)
      if (refusal !== undefined) throw refusal
    }
    inside.push(...files.map(({ name }) => name))
  }
  const port: Files = Object.assign(fakeRoom().files, {
    async putMany(files: Iterable<NewFile>) {
      const all = [...files]
      batches.push(all.length)
      take(all)
      return []
    },
    async put(data: Blob, { name }: { name: string }) {
      take([{ data, name }])
      return {} as RoomFile
    },
  })
  return { inside, batches, job: new AddJob(1, 'trip', true, port, { sensitive: false }) }
}

function found(count: number, name = (i: number) => `${i}.jpg`): Found[] {
  return Array.from({ length: count }, (_, i) => ({ name: name(i), folder: 'trip', open: () => Promise.resolve(new File(['x'], name(i))) }))
}

test('[UI-33] 10,000 files go over in batches and are all counted', async () => {
  const { job, inside, batches } = roomThat()
  await job.run(found(10_000))
  expect([job.phase, job.done, job.total, job.failed.length, job.percent]).toEqual(['done', 10_000, 10_000, 0, 100])
  expect([new Set(inside).size, Math.max(...batches)]).toEqual([10_000, ADD_BATCH_FILES])
})

test('[UI-33] one bad file does not keep the others out, and is named', async () => {
  const { job, inside } = roomThat((name) => (name === '3.jpg' ? new RoomError('file-invalid') : undefined))
  await job.run(found(8))
  expect([job.done, job.failed.map(({ name }) => name), job.sentence]).toEqual([7, ['3.jpg'], new RoomError('file-invalid').message])
  expect(inside).toHaveLength(7)
})

test('[UI-33] a file that went away while it waited has failed, and the rest go in', async () => {
  const { job, inside } = roomThat()
  const files = found(3)
  files[1] = { name: 'gone.jpg', folder: 'trip', open: () => Promise.reject(new DOMException('gone', 'NotFoundError')) }
  await job.run(files)
  expect([inside, job.failed.map(({ name }) => name)]).toEqual([['0.jpg', '2.jpg'], ['gone.jpg']])
})

test('[UI-33] a full device stops it at once, with all that is left counted', async () => {
  let room = ADD_BATCH_FILES
  const { job, batches } = roomThat(() => (room-- > 0 ? undefined : new RoomError('quota-exceeded')))
  await job.run(found(1_000))
  expect([job.phase, job.done, job.failed.length]).toEqual(['done', ADD_BATCH_FILES, 1_000 - ADD_BATCH_FILES])
  expect([batches.length, job.sentence]).toEqual([2, new RoomError('quota-exceeded').message])
})

test('[UI-33] of a batch that failed halfway, what is in the room already is not added twice', async () => {
  const put = vi.fn(async () => ({}) as RoomFile)
  const inside: RoomFile[] = []
  const port: Files = Object.assign(fakeRoom().files, {
    list: () => inside,
    async putMany(files: Iterable<NewFile>) {
      for (const { name, folder = '', data } of [...files].slice(0, 3))
        inside.push({ ...file(name, data.size, []), folder, addedAtMs: Date.now(), state: { kind: 'held' } })
      throw new RoomError('file-invalid')
    },
    put,
  })
  const job = new AddJob(1, 'trip', true, port, { sensitive: false })
  await job.run(found(8))
  expect([job.done, job.failed.length, put.mock.calls.length]).toEqual([8, 0, 5])
})

test('[UI-33] what failed can be tried again', async () => {
  let isFull = true
  const { job } = roomThat(() => (isFull ? new RoomError('quota-exceeded') : undefined))
  await job.run(found(5))
  isFull = false
  await job.retry()
  expect([job.done, job.failed, job.sentence]).toEqual([5, [], ''])
})

test('[UI-33] stopping ends it without a reproach', async () => {
  const { job, inside } = roomThat()
  async function* slowly() {
    yield* found(2)
    job.cancel()
    yield* found(2)
  }
  await job.run(slowly())
  expect([job.phase, job.sentence, inside]).toEqual(['stopped', '', []])
})
