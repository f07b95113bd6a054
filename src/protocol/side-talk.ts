/**
 * What two tabs in a call tell each other beside the meeting itself, on the same channel of their link: whose clock is where,
 * and what the two devices of one person do together. A link is bound to both devices, so these need no signatures. Whoever
 * does not know a message leaves it.
 */
import * as v from 'valibot'
import { countOf } from './frame.ts'

/** What a person's other device asks this one to do. */
export const steering = v.variant('what', [
  v.object({ what: v.literal('microphone'), on: v.boolean() }),
  v.object({ what: v.literal('camera'), on: v.boolean() }),
  v.object({ what: v.literal('screen'), on: v.boolean() }),
  v.object({ what: v.literal('hand'), raised: v.boolean() }),
  v.object({ what: v.literal('look'), layout: v.picklist(['grid', 'speaker', 'side-by-side', 'share', 'own']) }),
  v.object({ what: v.literal('leave') }),
])
export type Steering = v.InferOutput<typeof steering>

export const sideMessage = v.variant('t', [
  /** By the wall clock of who asks, in microseconds. */
  v.object({ t: v.literal('clock-ask'), sentUs: countOf() }),
  /** RFC 5905, figure 1: when it was asked by that clock, and when it came and was answered by this one. */
  v.object({ t: v.literal('clock-answer'), askedUs: countOf(), cameUs: countOf(), answeredUs: countOf() }),
  /** What the other device's screen says, typed in here. */
  v.object({ t: v.literal('pair'), code: v.pipe(v.string(), v.regex(/^\d{6}$/)) }),
  v.object({ t: v.literal('pair-answer'), accepted: v.boolean() }),
  v.object({ t: v.literal('steer'), steering }),
])
export type SideMessage = v.InferOutput<typeof sideMessage>
