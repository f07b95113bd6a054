/** Works on several items at once and gives the results in order; no further ahead than that, so memory has a bound. */
export async function* inOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underway: Promise<R>[] = []
  for await (const item of items) {
    const result = work(item)
    // Its failure is told when its turn comes.
    result.catch(() => undefined)
    underway.push(result)
    if (underway.length >= atOnce) yield await (underway.shift() as Promise<R>)
  }
  for (const result of underway) yield await result
}
