import { expect, test } from 'vitest'
import type { Files, RoomFile } from '../../../../src/ports/asterism.ts'
import type { FileId } from '../../../../src/protocol/ids.ts'
import { zipBytes, zipOf } from '../../../../src/ui/files/zip.ts'
import { fakeRoom } from '../../../../src/ui/gallery/fixtures/fake-room.ts'
import { file } from '../../../../src/ui/gallery/fixtures/files.ts'

const CONTENT: Readonly<Record<string, string>> = { '/a.txt': 'bread, pears', 'trip/b.txt': 'lamp oil', '/empty': '' }
const FILES: readonly RoomFile[] = Object.entries(CONTENT).map(([path, text]) => {
  const [folder = '', name = ''] = path.split('/')
  return { ...file(name, text.length, []), id: path as FileId, folder }
})

function portOf(opened: string[] = []): Files {
  return Object.assign(fakeRoom().files, {
    async *get(id: FileId) {
      opened.push(id)
      yield new TextEncoder().encode(CONTENT[id])
    },
  })
}

/** Names and contents by the archive's own table at its end, as any unpacker reads it. Stored, not compressed. */
function unpack(zip: Uint8Array): Record<string, string> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  const end = zip.length - 22
  expect(view.getUint32(end, true)).toBe(0x06054b50)
  const text = (from: number, length: number) => new TextDecoder().decode(zip.subarray(from, from + length))
  const contents: Record<string, string> = {}
  let at = view.getUint32(end + 16, true)
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    expect([view.getUint32(at, true), view.getUint16(at + 10, true)]).toEqual([0x02014b50, 0])
    const [bytes, nameBytes, extraBytes, noteBytes] = [
      view.getUint32(at + 24, true),
      view.getUint16(at + 28, true),
      view.getUint16(at + 30, true),
      view.getUint16(at + 32, true),
    ]
    const local = view.getUint32(at + 42, true)
    const dataAt = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    contents[text(at + 46, nameBytes)] = text(dataAt, bytes)
    at += 46 + nameBytes + extraBytes + noteBytes
  }
  return contents
}

async function gather(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: number[] = []
  for await (const part of parts) all.push(...part)
  return new Uint8Array(all)
}

test('[UI-35] an archive holds the files as they are, and its length was known', async () => {
  const zip = await gather(zipOf(FILES, portOf(), new AbortController().signal))
  expect(unpack(zip)).toEqual({ 'a.txt': 'bread, pears', 'trip/b.txt': 'lamp oil', empty: '' })
  expect(zip.length).toBe(zipBytes(FILES))
})

test('[UI-35] a file is opened when its turn comes, and none after a stop', async () => {
  const opened: string[] = []
  const stop = new AbortController()
  const zip = zipOf(FILES, portOf(opened), stop.signal)
  await zip.next()
  expect(opened.length).toBeLessThan(FILES.length)
  stop.abort()
  await expect(gather(zip)).rejects.toThrow()
  expect(opened.length).toBeLessThan(FILES.length)
})
