/** The order of the list: oldest first, kept as files come and go, since ten thousand are not sorted ten times a second. */
import type { FileId } from '../../protocol/ids.ts'

type Aged = { readonly id: FileId; readonly addedAtMs: number }

export function byAge(a: Aged, b: Aged): number {
  return a.addedAtMs - b.addedAtMs || (a.id < b.id ? -1 : 1)
}

/** Of two lists in order one; either may be empty. */
export function merged<T extends Aged>(one: readonly T[], other: readonly T[]): readonly T[] {
  if (other.length === 0) return one
  const all: T[] = []
  let at = 0
  for (const item of one) {
    for (let next = other[at]; next !== undefined && byAge(next, item) < 0; next = other[++at]) all.push(next)
    all.push(item)
  }
  return [...all, ...other.slice(at)]
}

/** `touched`: came, changed or went; `find` gives what is there now. */
export function reordered<T extends Aged>(
  order: readonly T[],
  touched: ReadonlySet<FileId>,
  find: (id: FileId) => T | undefined,
): readonly T[] {
  if (touched.size === 0) return order
  const news = [...touched].flatMap((id) => find(id) ?? []).sort(byAge)
  return merged(
    order.filter(({ id }) => !touched.has(id)),
    news,
  )
}
