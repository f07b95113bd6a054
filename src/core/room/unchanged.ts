/** Maps and sets that are never changed: each of these gives another one, or the same when there is nothing to change. */

export function setWithout<T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> {
  if (!set.has(value)) return set
  const smaller = new Set(set)
  smaller.delete(value)
  return smaller
}

export function mapWithout<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  return map.has(key) ? new Map([...map].filter(([other]) => other !== key)) : map
}

/** Of moments, those that are still to come. */
export function notExpired<K>(map: ReadonlyMap<K, number>, nowMs: number): ReadonlyMap<K, number> {
  return map.size === 0 ? map : new Map([...map].filter(([, untilMs]) => untilMs > nowMs))
}

export function mapValues<K, V>(map: ReadonlyMap<K, V>, change: (value: V) => V): ReadonlyMap<K, V> {
  return new Map([...map].map(([key, value]) => [key, change(value)]))
}
