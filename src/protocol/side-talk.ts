/**
 * What two tabs in a call tell each other beside the meeting itself, on the same channel of their link: whose clock is where,
 * and what the two devices of one person do together. A link is bound to both devices, so these need no signatures. Whoever
 * does not know a message leaves it.
 */
import * as v from 'valibot'
import { SHARED_LAYOUTS } from './control.ts'
import { bytesOf, countOf } from './frame.ts'
import { PAIR_PROOF_BYTES, PAIR_SHARE_BYTES } from './limits.ts'

/** What a person's other device asks this one to do. */
export const steering = v.variant('what', [
  v.object({ what: v.literal('microphone'), on: v.boolean() }),
  v.object({ what: v.literal('camera'), on: v.boolean() }),
  v.object({ what: v.literal('screen'), on: v.boolean() }),
  v.object({ what: v.literal('hand'), raised: v.boolean() }),
  v.object({ what: v.literal('look'), layout: v.picklist(SHARED_LAYOUTS) }),
  v.object({ what: v.literal('leave') }),
  /** Which of the two stands for the person: the one that is asked says in the log what it is from now on. */
  v.object({ what: v.literal('part'), isSecond: v.boolean() }),
])
export type Steering = v.InferOutput<typeof steering>

export const sideMessage = v.variant('t', [
  /** By the wall clock of who asks, in microseconds. */
  v.object({ t: v.literal('clock-ask'), sentUs: countOf() }),
  /** RFC 5905, figure 1: when it was asked by that clock, and when it came and was answered by this one. */
  v.object({ t: v.literal('clock-answer'), askedUs: countOf(), cameUs: countOf(), answeredUs: countOf() }),
  /** Of the two devices of a person, by the code that one shows and the other was told: core/companion/exchange.ts. */
  v.object({ t: v.literal('pair'), share: bytesOf(PAIR_SHARE_BYTES) }),
  v.object({ t: v.literal('pair-answer'), share: bytesOf(PAIR_SHARE_BYTES), proof: bytesOf(PAIR_PROOF_BYTES) }),
  v.object({ t: v.literal('pair-proof'), proof: bytesOf(PAIR_PROOF_BYTES) }),
  v.object({ t: v.literal('steer'), steering }),
])
export type SideMessage = v.InferOutput<typeof sideMessage>
