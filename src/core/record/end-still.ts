/**
 * How a recording ends on a picture that stands still. Such a picture comes once a second, and its file says of no picture how
 * long it is shown: Firefox shows the last one for as long as the one before it, up to a second after all is over. So the picture
 * is given twice more, shortly after each other. Where another piece follows, the next picture comes at the pace of those before.
 */
type End = { readonly beforeUs: number; readonly lastUs: number; readonly endUs: number; readonly stepUs: number }

/** When it is given again. `beforeUs`, `lastUs`: of the last two pictures; `stepUs`: from one to the next while something moves. */
export function repeatsAtEnd({ beforeUs, lastUs, endUs, stepUs }: End): readonly number[] {
  if (lastUs - beforeUs <= 2 * stepUs) return []
  const leftUs = Math.max(stepUs, endUs - lastUs)
  const apartUs = Math.min(stepUs, leftUs / 3)
  return [2, 1].map((n) => Math.round(lastUs + leftUs - n * apartUs))
}
