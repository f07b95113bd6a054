/**
 * What stands in the list: folders before files. A folder is a label on its files and exists as long as one of them
 * does; it says in one row what would be thousands.
 */
import type { FileSafety, RoomFile } from '../../ports/asterism.ts'
import { weakest } from '../format/safety.ts'

export type FolderEntry = {
  readonly kind: 'folder'
  /** All of it, from the room down. */
  readonly path: string
  readonly name: string
  readonly files: number
  readonly bytes: number
  readonly safety: FileSafety['state']
  /** Files being added or fetched, and files that could not be. */
  readonly moving: number
  readonly failed: number
}
export type Entry = FolderEntry | { readonly kind: 'file'; readonly file: RoomFile }

/** The names of a folder, outermost first. It comes from somebody else: what is no name is left out. */
export function folderNames(folder: string): readonly string[] {
  return folder.split('/').filter((name) => name !== '' && name !== '.' && name !== '..')
}

export function isWithin(file: Pick<RoomFile, 'folder'>, path: string): boolean {
  const folder = folderNames(file.folder).join('/')
  return path === '' || folder === path || folder.startsWith(`${path}/`)
}

/** Files keep their order at the top, where it says what is new; in a folder they stand by name. */
export function entriesOf(files: readonly RoomFile[], path: string): readonly Entry[] {
  const loose: RoomFile[] = []
  const folders = new Map<string, RoomFile[]>()
  const depth = folderNames(path).length
  for (const file of files) {
    if (file.folder === '' && path === '') loose.push(file)
    else if (isWithin(file, path)) {
      const name = folderNames(file.folder)[depth]
      if (name === undefined) loose.push(file)
      else {
        const inside = folders.get(name)
        if (inside === undefined) folders.set(name, [file])
        else inside.push(file)
      }
    }
  }
  const rows = [...folders].toSorted(([a], [b]) => compare(a, b)).map(([name, inside]) => folderEntry(path, name, inside))
  const sorted = path === '' ? loose : loose.toSorted((a, b) => compare(a.name, b.name))
  return [...rows, ...sorted.map((file): Entry => ({ kind: 'file', file }))]
}

function folderEntry(path: string, name: string, files: readonly RoomFile[]): FolderEntry {
  let [bytes, moving, failed] = [0, 0, 0]
  for (const file of files) {
    bytes += file.bytes
    if (file.state.kind === 'adding' || file.state.kind === 'fetching') moving++
    else if (file.state.kind === 'failed') failed++
  }
  const safety = weakest(files.map((file) => file.safety.state))
  return { kind: 'folder', path: path === '' ? name : `${path}/${name}`, name, files: files.length, bytes, safety, moving, failed }
}

/** Not by the rules of a language: 10,000 names are compared ten times a second while they arrive. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
