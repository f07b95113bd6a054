/**
 * What the tabs of a meeting tell each other beside their frames, on a reliable channel of each link: the keys of what they
 * send, the facts a plan is made of, and the plan. A link is bound to both devices, so these need no signatures.
 */
import * as v from 'valibot'
import { bytesOf, countOf } from './frame.ts'
import {
  MEMBERS,
  PASSED_FRAME_BYTES,
  PLACE_REFLECTORS,
  PLACES_TOLD,
  PLAN_EDGES,
  REFLECTORS_OFFERED,
  SUBSCRIPTIONS_PER_HOP,
} from './limits.ts'
import { LAYERS } from './media.ts'

const mediaId = v.pipe(countOf(0xffff_ffff), v.minValue(1))
const layer = v.picklist(LAYERS)
const kbps = countOf(100_000_000)

/** To the conductor. What this tab can carry, whom it reaches how fast, what it wants and how well it gets it. */
export const meetingFacts = v.object({
  t: v.literal('facts'),
  /** Measured; what its owner gives is the lower of the two. */
  uplinkKbps: kbps,
  downlinkKbps: kbps,
  /** Packets a second it can forward, by its own benchmark. */
  packetsPerSecond: countOf(10_000_000),
  /** Tabs it may send one stream of others to; 0: its owner, or its engine, forwards nothing. */
  forwards: countOf(MEMBERS),
  /** In use by its person, and with no more to do than it can: others come last. */
  isSteady: v.boolean(),
  rtts: v.pipe(v.array(v.tuple([mediaId, countOf(60_000)])), v.maxLength(MEMBERS)),
  sends: v.pipe(v.array(v.object({ layer, kbps, packetsPerSecond: countOf(10_000) })), v.maxLength(LAYERS.length)),
  wants: v.pipe(v.array(v.tuple([mediaId, layer])), v.maxLength(SUBSCRIPTIONS_PER_HOP)),
  /** Per thousand of what each parent should have sent that came. */
  delivered: v.pipe(v.array(v.tuple([mediaId, countOf(1_000)])), v.maxLength(MEMBERS)),
})

/** From the conductor to all. Who is not named gets the stream straight from its source. */
export const meetingPlan = v.object({
  t: v.literal('plan'),
  /** Rises with each change of conductor. */
  term: countOf(),
  /** Rises with each change of the plan in a term. */
  number: countOf(),
  streams: v.pipe(
    v.array(
      v.object({
        source: mediaId,
        layer,
        /** Child and the parent it takes the stream from. */
        edges: v.pipe(v.array(v.tuple([mediaId, mediaId])), v.maxLength(PLAN_EDGES)),
        /** Who wants it and cannot have it: no line is left. Of a full picture they take the small one. */
        without: v.pipe(v.array(mediaId), v.maxLength(PLAN_EDGES)),
        /** Why it was planned so; shown to people who ask. */
        reason: v.pipe(v.string(), v.maxLength(200)),
      }),
    ),
    v.maxLength(SUBSCRIPTIONS_PER_HOP),
    v.check((streams) => streams.reduce((sum, { edges }) => sum + edges.length, 0) <= PLAN_EDGES, 'edges'),
  ),
})

const members = v.pipe(v.array(mediaId), v.maxLength(MEMBERS))

/** From the conductor, to each its own: who passes on, by points of members near each other. What the plan names goes before it. */
export const meetingPlaces = v.object({
  t: v.literal('places'),
  points: v.pipe(
    v.array(
      v.object({
        /** Only the network of who is told this reaches it: nobody else is told of it. */
        isInside: v.boolean(),
        /** Those on lease, and of how much of its line each is asked by the plan, with one picture more, in percent. */
        reflectors: v.pipe(v.array(v.tuple([mediaId, countOf(100)])), v.minLength(1), v.maxLength(PLACE_REFLECTORS)),
      }),
    ),
    v.maxLength(PLACES_TOLD),
  ),
  /** Sources whose lines carry no more copies. */
  full: members,
  /** Who passes nothing on, by its own word. */
  closed: members,
  /** The plan was made with the facts of who is told this. */
  isPlanned: v.boolean(),
  /** For a newcomer: whom to ask, the nearest point first and its members in turn. */
  list: v.pipe(v.array(mediaId), v.maxLength(REFLECTORS_OFFERED)),
})

export const meetingMessage = v.variant('t', [
  /** From now on the sender's frames may be sealed with this. `generation` is the key id (KID) of SFrame. */
  v.object({ t: v.literal('key'), generation: countOf(0xffff_ffff), secret: bytesOf(32) }),
  meetingFacts,
  meetingPlan,
  meetingPlaces,
  /** To the conductor: keyed prefix of the network this tab is in, as the relay told it; equal ones are the same network. */
  v.object({ t: v.literal('network'), segment: bytesOf(8) }),
  /** From the conductor, again and again: the plan of this number still holds, and so does its lease. */
  v.object({ t: v.literal('plan-holds'), term: countOf(), number: countOf() }),
  /** To the conductor: a plan was spoken of that never came. */
  v.object({ t: v.literal('plan-wanted') }),
  /** One of these messages, for a tab that the sender has no link to and the receiver has. */
  v.object({ t: v.literal('pass'), to: mediaId, frame: bytesOf(1, PASSED_FRAME_BYTES) }),
  /** It, at its end. Taken only of a tab to which there is no link. */
  v.object({ t: v.literal('passed'), from: mediaId, frame: bytesOf(1, PASSED_FRAME_BYTES) }),
])
export type MeetingMessage = v.InferOutput<typeof meetingMessage>
export type MeetingFacts = v.InferOutput<typeof meetingFacts>
export type MeetingPlan = v.InferOutput<typeof meetingPlan>
export type MeetingPlaces = v.InferOutput<typeof meetingPlaces>
