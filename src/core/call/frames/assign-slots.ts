/**
 * Which voice a hop passes on by which of its slots: the loudest of those that are asked for, each on one slot for as long as
 * it can stay. A voice that moves is another track at its end, and the engine there needs a moment for each.
 */
import { chooseLoudest, type Loudness } from './choose-loudest.ts'

/** By the number of the slot; undefined: nobody speaks on it. */
export type SlotsOf<K> = readonly (K | undefined)[]

/** `levels`: of the voices that are asked for and come. With room for all, all have one: no first word is missed. */
export function assignSlots<K>(before: SlotsOf<K>, levels: ReadonlyMap<K, Loudness>, nowMs: number): SlotsOf<K> {
  const held = before.filter((voice) => voice !== undefined && levels.has(voice)) as readonly K[]
  const loudest = chooseLoudest(held, levels, before.length, nowMs)
  const others = [...levels.keys()].filter((voice) => !loudest.includes(voice))
  const chosen = new Set([...loudest, ...others].slice(0, before.length))
  const newcomers = [...chosen].filter((voice) => !before.includes(voice))
  return before.map((voice) => (voice !== undefined && chosen.has(voice) ? voice : newcomers.shift()))
}
