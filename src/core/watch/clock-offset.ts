/**
 * How far the clock of another tab is ahead of this one's, from questions and answers: RFC 5905's four times. The way there
 * and the way back need not take equally long, so an answer is sure only within half its round trip; the one with the
 * smallest bound counts. All times are microseconds of a clock that rises evenly.
 */
import { CLOCK_ASK_MS, CLOCK_FIRST_ASK_MS, CLOCK_FIRST_ASKS, CLOCK_SAMPLES } from '../../protocol/limits.ts'

export type Exchange = {
  /** By the clock here. */
  readonly askedUs: number
  /** By the clock there. */
  readonly cameUs: number
  readonly answeredUs: number
  /** By the clock here. */
  readonly gotUs: number
}
export type ClockSample = { readonly aheadUs: number; readonly roundUs: number; readonly gotUs: number }
export type Clock = { readonly aheadUs: number; readonly withinUs: number }

/** Two crystals of 50 parts in a million each, one fast and one slow. */
const DRIFT = 100 / 1_000_000

/** Undefined: no clocks give such times. */
export function sampleOf({ askedUs, cameUs, answeredUs, gotUs }: Exchange): ClockSample | undefined {
  const roundUs = gotUs - askedUs - (answeredUs - cameUs)
  if (answeredUs < cameUs || roundUs < 0) return undefined
  return { aheadUs: (cameUs - askedUs + (answeredUs - gotUs)) / 2, roundUs, gotUs }
}

/** A sample that cannot be true beside what was known means that a clock was set, or slept: what came before it is void. */
export function addSample(samples: readonly ClockSample[], sample: ClockSample): readonly ClockSample[] {
  const known = clockOf(samples, sample.gotUs)
  const isPossible = known === undefined || Math.abs(known.aheadUs - sample.aheadUs) <= known.withinUs + sample.roundUs / 2
  return isPossible ? [...samples, sample].slice(-CLOCK_SAMPLES) : [sample]
}

export function clockOf(samples: readonly ClockSample[], nowUs: number): Clock | undefined {
  const clocks = samples.map(({ aheadUs, roundUs, gotUs }) => ({ aheadUs, withinUs: roundUs / 2 + Math.max(0, nowUs - gotUs) * DRIFT }))
  return clocks.reduce<Clock | undefined>((best, one) => (best === undefined || one.withinUs < best.withinUs ? one : best), undefined)
}

/** How long to wait for the next question after so many. */
export function nextAskMs(asked: number): number {
  return asked < CLOCK_FIRST_ASKS ? CLOCK_FIRST_ASK_MS : CLOCK_ASK_MS
}
