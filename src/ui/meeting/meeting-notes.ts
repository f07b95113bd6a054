/**
 * What a person in a call has to know before anything else, most important first: who records it, what is done with their own voice and
 * picture, what somebody asks of them, where they are. Three at most; the rest can wait, and stands in the people panel.
 */
import type { Hushed, Poll, SharedLayout } from '../../ports/asterism.ts'
import { hushSentence } from '../format/call-words.ts'
import { listNames } from '../format/people.ts'

const MOST_NOTES = 3

export type Note =
  | { readonly kind: 'recorded'; readonly text: string }
  | { readonly kind: 'streamed'; readonly text: string }
  | { readonly kind: 'whisper'; readonly text: string }
  | { readonly kind: 'asked'; readonly what: 'mute' | 'unmute'; readonly text: string }
  | { readonly kind: 'hushed'; readonly text: string }
  | { readonly kind: 'side-room'; readonly text: string; readonly mayMove: boolean }
  | { readonly kind: 'knock'; readonly text: string }
  | { readonly kind: 'sharing'; readonly text: string }
  | { readonly kind: 'poll'; readonly text: string }
  | { readonly kind: 'layout'; readonly text: string }

export type NoteFacts = {
  /** Who takes all of the call out of it; said above all else, and however much there is to say. */
  readonly recorded: string | undefined
  readonly streamed: string | undefined
  readonly whisperTo: string | undefined
  readonly asked: 'mute' | 'unmute' | undefined
  readonly hushed: Hushed | undefined
  readonly subRoom: string | undefined
  readonly mayMove: boolean
  /** Names of those who wait, for whom this person may let in. */
  readonly knocking: readonly string[]
  readonly isSharing: boolean
  /** undefined: everybody. */
  readonly sharesWith: readonly string[] | undefined
  readonly polls: readonly Poll[]
  /** The layout a moderator set and this person follows. */
  readonly followed: SharedLayout | undefined
}

const LOOKS: Readonly<Record<SharedLayout, string>> = {
  grid: 'everybody is shown alike',
  speaker: 'who speaks is shown large',
  'side-by-side': 'two stand side by side',
  share: 'the shared screen comes first',
}

export function notesOf(facts: NoteFacts): readonly Note[] {
  const { whisperTo, asked, hushed, subRoom, mayMove, knocking, isSharing, sharesWith, followed } = facts
  const held = hushed === undefined ? '' : hushSentence(hushed, '', true)
  const poll = facts.polls.find(({ isOpen, mine }) => isOpen && mine.length === 0)
  const notes: readonly (Note | undefined)[] = [
    whisperTo === undefined ? undefined : { kind: 'whisper', text: `Only ${whisperTo} hears you now` },
    held === '' ? undefined : { kind: 'hushed', text: `${held} until a moderator lifts it` },
    asked === undefined ? undefined : { kind: 'asked', what: asked, text: ASKED[asked] },
    subRoom === undefined ? undefined : { kind: 'side-room', mayMove, text: `You are in ${subRoom}. Only people in it hear you` },
    knocking.length === 0
      ? undefined
      : { kind: 'knock', text: `${listNames(knocking)} ${knocking.length === 1 ? 'waits' : 'wait'} to come in` },
    isSharing ? { kind: 'sharing', text: sharingLine(sharesWith) } : undefined,
    poll === undefined ? undefined : { kind: 'poll', text: poll.question },
    followed === undefined ? undefined : { kind: 'layout', text: `A moderator arranged the stage: ${LOOKS[followed]}` },
  ]
  const taken: readonly (Note | undefined)[] = [
    facts.recorded === undefined ? undefined : { kind: 'recorded', text: facts.recorded },
    facts.streamed === undefined ? undefined : { kind: 'streamed', text: facts.streamed },
  ]
  const isSaid = (note: Note | undefined): note is Note => note !== undefined
  return [...taken.filter(isSaid), ...notes.filter(isSaid).slice(0, MOST_NOTES)]
}

const ASKED = {
  mute: 'A moderator asks you to turn your microphone off',
  unmute: 'A moderator asks you to speak',
} as const

export function sharingLine(sharesWith: readonly string[] | undefined): string {
  if (sharesWith === undefined) return 'Everybody in the call sees your screen'
  if (sharesWith.length === 0) return 'Nobody sees your screen'
  return `Only ${listNames(sharesWith, 3)} ${sharesWith.length === 1 ? 'sees' : 'see'} your screen`
}
