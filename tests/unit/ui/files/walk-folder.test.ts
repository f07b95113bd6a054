import { expect, test } from 'vitest'
import { type Found, listFound, readChosenFolder, readDrop } from '../../../../src/ui/files/walk-folder.ts'

type Tree = { readonly [name: string]: Tree | string }

/** A dropped folder as a browser shows it: entries in helpings, then an empty helping. */
function entryOf(name: string, node: Tree | string): FileSystemEntry {
  if (typeof node === 'string') {
    const file = (give: (file: File) => void) => give(new File([node], name))
    return { isDirectory: false, isFile: true, name, file } as unknown as FileSystemEntry
  }
  const createReader = () => {
    const helpings = Object.entries(node).map(([child, below]) => [entryOf(child, below)])
    return { readEntries: (give: (entries: FileSystemEntry[]) => void) => give(helpings.shift() ?? []) }
  }
  return { isDirectory: true, isFile: false, name, createReader } as unknown as FileSystemEntry
}

function itemOf(name: string, node: Tree | string): DataTransferItem {
  const getAsFile = () => (typeof node === 'string' ? new File([node], name) : null)
  return { webkitGetAsEntry: () => entryOf(name, node), getAsFile } as unknown as DataTransferItem
}

const pathsOf = (found: readonly Found[]) => found.map(({ folder, name }) => `${folder}/${name}`)

test('[UI-33] a dropped folder is walked to its last file, in helpings', async () => {
  const { files, folders } = readDrop([
    itemOf('loose.txt', 'x'),
    itemOf('trip', { 'a.jpg': 'a', day: { 'b.jpg': 'b', night: { 'c.jpg': 'c' } }, empty: {} }),
  ])
  const [trip] = folders
  const { found } = await listFound(trip?.files ?? [], () => undefined, new AbortController().signal)
  expect([files.map(({ name }) => name), trip?.name, pathsOf(found)]).toEqual([
    ['loose.txt'],
    'trip',
    ['trip/a.jpg', 'trip/day/b.jpg', 'trip/day/night/c.jpg'],
  ])
  expect(await (await found[2]?.open())?.text()).toBe('c')
})

test('[UI-33] a chosen folder keeps its shape', () => {
  const chosen = ['trip/a.jpg', 'trip/day/b.jpg', 'other/c.jpg'].map((path) =>
    Object.assign(new File(['x'], path.split('/').at(-1) ?? ''), { webkitRelativePath: path }),
  )
  expect(readChosenFolder(chosen).map(({ name, files }) => [name, pathsOf(files as Found[])])).toEqual([
    ['trip', ['trip/a.jpg', 'trip/day/b.jpg']],
    ['other', ['other/c.jpg']],
  ])
})
