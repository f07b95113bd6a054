/** One mix at a time on a core of its own. */
import { parentPort } from 'node:worker_threads'
import { MIXES } from './mixes.ts'
import { SOUND_PLANNER } from './planner-brain.ts'
import { simulateMix } from './years.ts'

export type YearsOrder = { readonly mix: string; readonly seed: number; readonly rooms: number; readonly days: number }

parentPort?.on('message', ({ mix: name, seed, rooms, days }: YearsOrder) => {
  const mix = MIXES.find((each) => each.name === name)
  if (mix !== undefined) parentPort?.postMessage(simulateMix(mix, seed, rooms, days, SOUND_PLANNER))
})
