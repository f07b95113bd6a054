/**
 * Large archives stream into a file the person chooses. No test can press the browser's own dialog: the picker answers with a
 * handle in the page's private file system, which is as real as any: a swap file, its stream, its bytes on the disk.
 */
import type { Page } from '@playwright/test'
import { expect, openRoom, test } from './fixtures.ts'

/** Two of these are more than a browser is handed without a question. */
const FILE_BYTES = 40_000_000

async function answerPicker(): Promise<void> {
  const showSaveFilePicker = async ({ suggestedName }: { suggestedName: string }) => {
    const folder = await navigator.storage.getDirectory()
    return folder.getFileHandle(suggestedName, { create: true })
  }
  Object.assign(globalThis, { showSaveFilePicker })
}

/** Puts two files into a folder of the room; gives their hashes by their paths in an archive of it. */
function putFolder(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async (bytes) => {
    const hashes: Record<string, string> = {}
    for (const name of ['one.bin', 'two.bin']) {
      const data = new Uint8Array(bytes)
      for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(data.subarray(at, Math.min(bytes, at + 65_536)))
      await asterism.room.files.put(new Blob([data]), { name, folder: 'trip' })
      hashes[`trip/${name}`] = new Uint8Array(await crypto.subtle.digest('SHA-256', data)).toHex()
    }
    return hashes
  }, FILE_BYTES)
}

/** What lies in the chosen file: nothing before the stream was closed; then hashes by path, read by the archive's own table. */
function unpack(page: Page, name: string): Promise<Record<string, string>> {
  return page.evaluate(async (name) => {
    const folder = await navigator.storage.getDirectory()
    const file = await (await folder.getFileHandle(name)).getFile()
    const hashes: Record<string, string> = {}
    if (file.size === 0) return hashes
    const read = async (from: number, to: number) => new DataView(await file.slice(from, to).arrayBuffer())
    const end = await read(file.size - 22, file.size)
    const table = await read(end.getUint32(16, true), file.size)
    let at = 0
    for (let left = end.getUint16(10, true); left > 0; left--) {
      const [bytes, nameBytes, extraBytes] = [
        table.getUint32(at + 24, true),
        table.getUint16(at + 28, true),
        table.getUint16(at + 30, true),
      ]
      const local = await read(table.getUint32(at + 42, true), table.getUint32(at + 42, true) + 30)
      const dataAt = table.getUint32(at + 42, true) + 30 + local.getUint16(26, true) + local.getUint16(28, true)
      const path = new TextDecoder().decode(new Uint8Array(table.buffer, at + 46, nameBytes))
      const data = await file.slice(dataAt, dataAt + bytes).arrayBuffer()
      hashes[path] = new Uint8Array(await crypto.subtle.digest('SHA-256', data)).toHex()
      at += 46 + nameBytes + extraBytes
    }
    return hashes
  }, name)
}

test('[UI-35] a large folder streams into the chosen file, and a stop leaves nothing in it', async ({ device }) => {
  const ann = await device('Ann', async (context) => void (await context.addInitScript(answerPicker)))
  const { page } = ann
  await openRoom(ann)
  const hashes = await putFolder(page)
  if (!(await page.getByRole('region', { name: 'Files in this room' }).isVisible()))
    await page.getByRole('button', { name: 'Files', exact: true }).click()
  const save = page.getByRole('button', { name: 'Download trip as .zip' })
  const saving = page.getByRole('list', { name: 'Being added and saved' })

  await save.click()
  await page.getByRole('button', { name: 'Stop saving trip.zip' }).click()
  await expect(saving).toHaveCount(0)
  expect(await unpack(page, 'trip.zip')).toEqual({})

  await save.click()
  await expect(saving).toContainText(/Saving · [\d.]+ of 80 MB/)
  await expect(saving).toHaveCount(0)
  expect(await unpack(page, 'trip.zip')).toEqual(hashes)
  expect(ann.errors).toEqual([])
})
