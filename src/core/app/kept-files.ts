/**
 * Which files of the app a device keeps for when there is no network: the first before the service worker is ready, so that a
 * room starts after one visit, and all others once a page is at rest. A file with a hash in its name never changes; the key of
 * any other has its revision, so that the build in charge and the one that waits each have theirs.
 */

/** Written into the service worker when it is built. `url` is the path without its first slash. */
export type AppFile = { readonly url: string; readonly revision: string | null; readonly isFirst?: boolean }

/** The path it is asked for by. */
export function pathOf({ url }: AppFile): string {
  return `/${url}`
}

/** The path it is kept under. */
export function keyOf(file: AppFile): string {
  return file.revision === null ? pathOf(file) : `${pathOf(file)}?revision=${file.revision}`
}

export function firstToFetch(files: readonly AppFile[], kept: ReadonlySet<string>): readonly AppFile[] {
  return allToFetch(files, kept).filter(({ isFirst }) => isFirst === true)
}

export function allToFetch(files: readonly AppFile[], kept: ReadonlySet<string>): readonly AppFile[] {
  return files.filter((file) => !kept.has(keyOf(file)))
}

/** What is kept for builds that are gone. */
export function toForget(files: readonly AppFile[], kept: ReadonlySet<string>): readonly string[] {
  const ours = new Set(files.map(keyOf))
  return [...kept].filter((key) => !ours.has(key))
}
