import { expect, test } from 'vitest'
import type { Files } from '../../../../src/ports/asterism.ts'
import { RoomError } from '../../../../src/protocol/errors.ts'
import { FolderWriter } from '../../../../src/tab/record/folder-writer.ts'

/** A room that takes so many bytes, and takes its time. */
function roomOf(bytes: number) {
  const names: string[] = []
  let left = bytes
  const put: Files['put'] = async (data, { name, folder, until }) => {
    await new Promise((done) => setTimeout(done, 1))
    const { size } = data as Blob
    if (size > left) throw new RoomError('quota-exceeded')
    left -= size
    names.push(`${folder}/${name} ${until}`)
    return undefined as never
  }
  return { names, files: { put } as Files }
}

test('[RECORD-11] what was stored stays, one after the other, and what does not fit is said', async () => {
  const { files, names } = roomOf(25)
  let troubles = 0
  const folder = new FolderWriter(files, 'Recordings/today', () => troubles++)
  const kept = ['a', 'b', 'c'].map((name) => folder.keep(name, 'video/webm', new Uint8Array(10)))
  expect(folder.waitingBytes).toBe(30)
  expect(await Promise.all(kept)).toEqual([true, true, false])
  expect(names).toEqual(['Recordings/today/a stored', 'Recordings/today/b stored'])
  expect([folder.trouble, folder.waitingBytes, troubles]).toEqual(['full', 0, 1])
  // What says who spoke is small, and still fits.
  expect(await folder.keep('speakers.json', 'application/json', '{}')).toBe(true)
})
