/**
 * Names inside an archive. They come from other people and will be written to somebody's disk: no path leads out of the
 * archive, none is absolute, none is special to a file system, and no two are the same where case does not count.
 */
import { cleanFileName } from '../../core/storage/file-name.ts'
import type { RoomFile } from '../../ports/asterism.ts'
import { folderNames } from './entries.ts'

/** Names that Windows takes for devices, with any extension. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** One path per file, in their order; `above` is the folder that is being saved and does not appear in it. */
export function zipNames(files: readonly Pick<RoomFile, 'name' | 'folder'>[], above = ''): readonly string[] {
  const taken = new Set<string>()
  const skipped = Math.max(0, folderNames(above).length - 1)
  // A file must not take the name of a folder, whichever comes first.
  const folders = files.map(({ folder }) => folderNames(folder).slice(skipped).map(cleanSegment))
  for (const names of folders) for (let depth = 1; depth <= names.length; depth++) taken.add(keyOf(names.slice(0, depth)))
  return files.map(({ name }, i) => {
    const folder = folders[i] ?? []
    const path = freePath(folder, cleanSegment(name), taken)
    taken.add(keyOf(path))
    return path.join('/')
  })
}

function cleanSegment(name: string): string {
  // Windows drops dots and spaces at the end, and two names would become one.
  const clean = cleanFileName(name).replace(/[. ]+$/, '')
  return DEVICE_NAME.test(clean) ? `_${clean}` : clean === '' ? 'file' : clean
}

function freePath(folder: readonly string[], name: string, taken: ReadonlySet<string>): readonly string[] {
  if (!taken.has(keyOf([...folder, name]))) return [...folder, name]
  const dot = name.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  for (let number = 2; ; number++) {
    const path = [...folder, `${stem} (${number})${ending}`]
    if (!taken.has(keyOf(path))) return path
  }
}

function keyOf(path: readonly string[]): string {
  return path.join('/').toLowerCase()
}
