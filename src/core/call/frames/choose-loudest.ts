/**
 * The voices that a large room hears: the loudest few. Who is among them stays through the pauses between words, and a
 * newcomer must be clearly louder or find one silent; otherwise three people who talk at once would take turns word by word.
 */
/** 0 to 1, and when it was heard. It fades from then on. */
export type Loudness = { readonly level: number; readonly atMs: number }

/** Speech near a microphone is about 0.1; a quiet room 0.001. */
const SILENT = 0.01
/** 10 dB, which people hear as twice as loud. */
const MARGIN = 3
/** Half as loud after this: with the margin, who is silent for 800 ms gives way to somebody as loud. */
const FADE_MS = 500

/** The louder of what is heard now and what is left of before. */
export function hearLevel(before: Loudness | undefined, level: number, nowMs: number): Loudness {
  return before !== undefined && loudnessAt(before, nowMs) > level ? before : { level, atMs: nowMs }
}

export function chooseLoudest<K>(before: readonly K[], levels: ReadonlyMap<K, Loudness>, count: number, nowMs: number): readonly K[] {
  const loudness = (id: K) => loudnessAt(levels.get(id), nowMs)
  const chosen = before.filter((id) => levels.has(id)).slice(0, count)
  const newcomers = [...levels.keys()].filter((id) => !chosen.includes(id) && loudness(id) > SILENT)
  for (const newcomer of newcomers.sort((a, b) => loudness(b) - loudness(a))) {
    if (chosen.length < count) {
      chosen.push(newcomer)
      continue
    }
    const quietest = chosen.reduce((a, b) => (loudness(b) < loudness(a) ? b : a))
    const isQuieter = loudness(quietest) <= SILENT || isClearlyLouder(loudness(newcomer), loudness(quietest))
    if (!isQuieter) break
    chosen[chosen.indexOf(quietest)] = newcomer
  }
  return chosen
}

/** Of two levels, 0 to 1. */
export function isClearlyLouder(level: number, other: number): boolean {
  return level > other * MARGIN
}

export function loudnessAt(heard: Loudness | undefined, nowMs: number): number {
  return heard === undefined ? 0 : heard.level * 0.5 ** ((nowMs - heard.atMs) / FADE_MS)
}
