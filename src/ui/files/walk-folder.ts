/** Folders as browsers hand them over: a tree to walk when dropped, a flat list with paths when chosen. */
import { FILES } from '../../protocol/limits.ts'

/** A file found; it is opened when its turn comes, since thousands of open files are too many. */
export type Found = { readonly name: string; readonly folder: string; readonly open: () => Promise<File> }
export type FoundFolder = { readonly name: string; readonly files: AsyncIterable<Found> | Iterable<Found> }
export type Dropped = { readonly files: readonly File[]; readonly folders: readonly FoundFolder[] }

/** Must be called while the drop is being handled: afterwards the browser shows nothing of it. */
export function readDrop(items: Iterable<DataTransferItem>): Dropped {
  const files: File[] = []
  const folders: FoundFolder[] = []
  for (const item of items) {
    const entry = item.webkitGetAsEntry()
    if (entry?.isDirectory) folders.push({ name: entry.name, files: walk(entry as FileSystemDirectoryEntry, '') })
    else {
      const file = item.getAsFile()
      if (file !== null) files.push(file)
    }
  }
  return { files, folders }
}

async function* walk(folder: FileSystemDirectoryEntry, above: string): AsyncGenerator<Found> {
  const path = above === '' ? folder.name : `${above}/${folder.name}`
  const reader = folder.createReader()
  for (;;) {
    // Browsers give a hundred at a time, and an empty list at the end.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (entries.length === 0) return
    for (const entry of entries) {
      if (entry.isDirectory) yield* walk(entry as FileSystemDirectoryEntry, path)
      else yield { name: entry.name, folder: path, open: () => openEntry(entry as FileSystemFileEntry) }
    }
  }
}

function openEntry(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

/** What `<input webkitdirectory>` gives: each file says where it lay. */
export function readChosenFolder(chosen: Iterable<File>): readonly FoundFolder[] {
  const byName = new Map<string, Found[]>()
  for (const file of chosen) {
    const names = file.webkitRelativePath.split('/').slice(0, -1)
    const found: Found = { name: file.name, folder: names.join('/'), open: () => Promise.resolve(file) }
    const [top = ''] = names
    const inside = byName.get(top)
    if (inside === undefined) byName.set(top, [found])
    else inside.push(found)
  }
  return [...byName].map(([name, files]) => ({ name, files }))
}

/** The whole list first, so that progress has an end. Stops at what a room can hold. */
export async function listFound(
  files: FoundFolder['files'],
  tell: (count: number) => void,
  signal: AbortSignal,
): Promise<{ readonly found: readonly Found[]; readonly isCut: boolean }> {
  const found: Found[] = []
  for await (const one of files) {
    signal.throwIfAborted()
    if (found.length === FILES) return { found, isCut: true }
    found.push(one)
    if (found.length % 100 === 0) tell(found.length)
  }
  return { found, isCut: false }
}
