type Kept<K> = { readonly size: number; keys(): Iterable<K>; delete(key: K): boolean }

/** Lets go of what was put into a map or a set first, until so many are left. */
export function keepNewest<K>(kept: Kept<K>, most: number): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= most) return
    kept.delete(oldest)
  }
}
