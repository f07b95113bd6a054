/**
 * Who decides what in a meeting, as a log: signed acts, of which the newest of each writer about each thing is kept. An act
 * is an envelope that any tab can check and pass on, also one of a kind it does not know, around what it says. `act` is
 * signed by the device; whether its writer may say it is for core/session to judge.
 */
import * as v from 'valibot'
import type { Bytes } from './bytes.ts'
import { bytesOf, countOf, encodeFrame, idOf, parseFrame } from './frame.ts'
import { type DeviceId, parseDeviceId, type RoomId } from './ids.ts'
import {
  ACT_BYTES,
  ACTS,
  AGENDA_LINES,
  BANNER_CHARS,
  MEMBERS,
  OVERLAYS,
  POLL_OPTION_CHARS,
  POLL_OPTIONS,
  POLL_TEXT_CHARS,
  POLLS_PER_PERSON,
  SPOTLIGHTS,
  SUB_ROOMS,
  VOTES_PER_PERSON,
  WELCOME_TEXT_CHARS,
} from './limits.ts'

export const REACTIONS = ['👍', '👏', '❤️', '😂', '😮', '🎉', '🙏', '👎'] as const

export const SHARED_LAYOUTS = ['grid', 'speaker', 'side-by-side', 'share'] as const

const text = (max: number) => v.pipe(v.string(), v.maxLength(max))
const device = idOf(parseDeviceId)
const devices = v.pipe(v.array(device), v.maxLength(MEMBERS))
const subRoomId = text(32)
const place = v.nullable(subRoomId)
/** Opener and number of the opener's, so that nobody can open another's. */
const pollName = v.pipe(v.string(), v.maxLength(80), v.regex(/^[\w-]{43}\.[\w-]{1,32}$/))

/** What a poll came to, option by option, when it was closed: what is said later changes nothing of it. */
const pollCounts = v.pipe(v.array(countOf(MEMBERS)), v.maxLength(POLL_OPTIONS))

const corner = v.picklist(['top-left', 'top-right', 'bottom-left', 'bottom-right'])

/** What lies on a show. */
const overlay = v.variant('kind', [
  /** The camera of a person, in a corner of it. */
  v.object({ kind: v.literal('picture'), device, corner }),
  /** The camera of a person beside it. */
  v.object({ kind: v.literal('split'), device }),
  v.object({ kind: v.literal('banner'), text: text(BANNER_CHARS) }),
  /** A poll that is answered on the spot. */
  v.object({ kind: v.literal('poll'), poll: pollName }),
])

const show = v.object({
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,32}$/)),
  /** A file of the room, or what this device shares as its screen. */
  source: v.variant('kind', [v.object({ kind: v.literal('file'), file: text(64) }), v.object({ kind: v.literal('share') })]),
  /** Writer's clock when it was begun: of several shows the one begun last is on. */
  begunAtMs: countOf(),
  isPlaying: v.boolean(),
  isMuted: v.boolean(),
  /** Where in it it was at `atMs` of the writer's clock; while it plays it goes on from there. */
  positionMs: countOf(),
  atMs: countOf(),
  /** Percent of the usual speed. */
  rate: v.pipe(countOf(400), v.minValue(25)),
  place: v.picklist(['stage', 'beside', 'corner']),
  overlays: v.pipe(v.array(overlay), v.maxLength(OVERLAYS)),
})

/** Said by anybody, about themselves: the subject is empty. */
const ownSayings = [
  v.object({ t: v.literal('hand'), raised: v.boolean() }),
  v.object({ t: v.literal('reaction'), reaction: v.picklist(REACTIONS) }),
  /** null: everybody. */
  v.object({ t: v.literal('share'), devices: v.nullable(devices) }),
  v.object({ t: v.literal('whisper'), to: v.nullable(device) }),
  /** `after`: sequence of the moderator's act that placed this person last; a later one overrules it. */
  v.object({ t: v.literal('move'), to: place, after: countOf() }),
  v.object({
    t: v.literal('polls'),
    polls: v.pipe(
      v.array(
        v.object({
          id: v.pipe(v.string(), v.regex(/^[\w-]{1,32}$/)),
          question: text(POLL_TEXT_CHARS),
          options: v.pipe(v.array(text(POLL_OPTION_CHARS)), v.minLength(2), v.maxLength(POLL_OPTIONS)),
          choices: v.picklist(['one', 'many']),
          isOpen: v.boolean(),
          counts: v.optional(pollCounts),
        }),
      ),
      v.maxLength(POLLS_PER_PERSON),
    ),
  }),
  v.object({
    t: v.literal('votes'),
    votes: v.pipe(
      v.array(v.object({ poll: pollName, options: v.pipe(v.array(countOf(POLL_OPTIONS - 1)), v.maxLength(POLL_OPTIONS)) })),
      v.maxLength(VOTES_PER_PERSON),
    ),
  }),
  /** What this device shows to all at once; null: nothing any more. */
  v.object({ t: v.literal('watch'), watch: v.nullable(show) }),
  /** What of the call leaves it by this device: into a recording, or to a player that is no member. */
  v.object({ t: v.literal('capture'), recording: v.boolean(), streaming: v.boolean() }),
  /** The other device of this person; it counts when both say so. `isSecond`: the other stands for the person. */
  v.object({ t: v.literal('companion'), with: v.nullable(device), isSecond: v.boolean() }),
] as const

/** Said by owner and moderators. */
const governingSayings = [
  /** `inside`: who was in when it was said, and stays in. */
  v.object({ t: v.literal('door'), lobby: v.boolean(), locked: v.boolean(), inside: devices }),
  /** Subject: a device. */
  v.object({ t: v.literal('entry'), admitted: v.boolean() }),
  /** Subject: a device or `all`. */
  v.object({ t: v.literal('hush-microphone'), on: v.boolean() }),
  v.object({ t: v.literal('hush-camera'), on: v.boolean() }),
  v.object({ t: v.literal('hush-screen'), on: v.boolean() }),
  /** Subject: a device. */
  v.object({ t: v.literal('ask'), what: v.picklist(['mute', 'unmute']) }),
  v.object({ t: v.literal('spotlight'), devices: v.pipe(v.array(device), v.maxLength(SPOTLIGHTS)) }),
  /** Subject: a device or `all`. */
  v.object({ t: v.literal('layout'), layout: v.nullable(v.picklist(SHARED_LAYOUTS)) }),
  /** `places`: where people were when it was said. */
  v.object({
    t: v.literal('rooms'),
    rooms: v.pipe(v.array(v.object({ id: subRoomId, name: text(100) })), v.maxLength(SUB_ROOMS)),
    peopleMove: v.boolean(),
    places: v.pipe(v.array(v.tuple([device, subRoomId])), v.maxLength(MEMBERS)),
  }),
  /** Subject: a device. */
  v.object({ t: v.literal('place'), to: place }),
  v.object({
    t: v.literal('welcome'),
    welcome: v.nullable(
      v.object({
        title: text(200),
        text: text(WELCOME_TEXT_CHARS),
        agenda: v.pipe(v.array(v.object({ time: text(40), text: text(200) })), v.maxLength(AGENDA_LINES)),
        file: v.nullable(text(64)),
      }),
    ),
  }),
  /** Subject: the name of a poll. */
  v.object({ t: v.literal('poll-closed'), counts: v.optional(pollCounts) }),
  /** Subject: the id of a show. */
  v.object({ t: v.literal('watch-ended') }),
] as const

export const saying = v.variant('t', [...ownSayings, ...governingSayings])
export type Saying = v.InferOutput<typeof saying>
export type SayingOf<T extends Saying['t']> = Extract<Saying, { t: T }>
/** Something that is watched together: `(await room.call.tools()).watch`. */
export type Show = v.InferOutput<typeof show>
/** What anybody says of themselves. */
export const OWN_KINDS: ReadonlySet<string> = new Set(ownSayings.map(({ entries }) => entries.t.literal))

export const signedAct = v.object({
  /** `t` of what it says. */
  kind: text(32),
  /** Whom or what it is about: a device, `all`, the name of a poll, or empty. */
  subject: text(80),
  /** What it says, as a frame. */
  says: bytesOf(0, ACT_BYTES),
  by: device,
  /** The writer's clock. */
  atMs: countOf(),
  /** Higher than that of every act its writer knew and that it is to overrule. */
  sequence: countOf(),
  /** Ed25519 by the device `by` over `actClaim`. */
  signature: bytesOf(64),
})
export type SignedAct = v.InferOutput<typeof signedAct>

/** Some acts of the log, as they are saved and passed on. */
export const signedActs = v.object({ t: v.literal('acts'), acts: v.pipe(v.array(signedAct), v.maxLength(ACTS)) })

export function actClaim(room: RoomId, { kind, subject, says, by, atMs, sequence }: Omit<SignedAct, 'signature'>): Bytes {
  return encodeFrame(['asterism act 1', room, kind, subject, says, by, atMs, sequence])
}

/** Undefined: of a newer tab, or not what its kind says. It is kept and passed on, and has no effect. */
export function readSaying({ kind, says }: Pick<SignedAct, 'kind' | 'says'>): Saying | undefined {
  const parsed = parseFrame(says, saying, ACT_BYTES)
  return parsed.kind === 'ok' && parsed.message.t === kind ? parsed.message : undefined
}

export function pollNameOf(by: DeviceId, id: string): string {
  return `${by}.${id}`
}
