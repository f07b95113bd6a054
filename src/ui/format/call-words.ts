/** What moderators and the meeting do to people, in words that say what it means for whoever reads them. */
import type { Hushed, Member, SharedLayout } from '../../ports/asterism.ts'
import type { REACTIONS } from '../../protocol/control.ts'
import type { LargePlace } from '../call/stage-layout.ts'

export const LAYOUT_NAMES: Readonly<Record<SharedLayout, string>> = {
  grid: 'Everybody alike',
  speaker: 'Who speaks, large',
  'side-by-side': 'Two side by side',
  share: 'The shared screen, large',
}

/** Sides of the stage as they are seen, in whichever direction one reads. */
export function placeNames(isRightToLeft: boolean): Readonly<Record<LargePlace, string>> {
  const [start, end] = isRightToLeft ? (['Right', 'Left'] as const) : (['Left', 'Right'] as const)
  return { fit: 'Where it fits best', start, end, top: 'Top', bottom: 'Bottom' }
}

/** "Nobody hears Ana"; empty: nothing is held back. It is enforced by everybody's device, so it is said as a fact. */
export function hushSentence(hushed: Hushed, name: string, isMe = false): string {
  const verbs = [hushed.microphone ? 'hears' : '', hushed.camera ? 'sees' : ''].filter((verb) => verb !== '')
  const whom = isMe ? 'you' : name
  if (verbs.length === 0) return hushed.screen ? `Nobody sees ${isMe ? 'your screen' : `${name}’s screen`}` : ''
  const screen = hushed.screen && !hushed.camera ? ` or sees ${isMe ? 'your' : 'their'} screen` : ''
  return `Nobody ${verbs.join(' or ')} ${whom}${screen}`
}

type Shown = Pick<Member, 'isMe' | 'connection'>

/** Why a tile is empty: neither this device nor anybody who passes on gets through to this person. Empty: there is a way. */
export function noWayLine({ isMe, connection }: Shown, hasPicture: boolean): string {
  return isMe || hasPicture || connection === 'here' ? '' : 'No way there yet'
}

/** Why a tile shows no picture though a camera is on over there: it was not sent through, or their browser and this one know no format in common. */
export function awaitedLine({ isMe, camera, connection }: Shown & Pick<Member, 'camera'>, hasPicture: boolean): string {
  return camera && !isMe && !hasPicture && connection === 'here' ? 'Picture does not come through' : ''
}

/** Under somebody's name: who they are here, what they want, where they are. */
export function placeLine(facts: {
  readonly role: string
  readonly isMe: boolean
  readonly handPlace: number | undefined
  readonly hush: string
  readonly subRoom: string | undefined
  readonly hasSecond?: boolean
  readonly isLeftOut?: boolean
}): string {
  const { role, isMe, handPlace, hush, subRoom, hasSecond = false, isLeftOut = false } = facts
  const parts = [
    isMe ? 'you' : '',
    role === 'owner' ? 'made this room' : role === 'moderator' ? 'moderator' : role === 'guest' ? 'guest' : '',
    handPlace === undefined ? '' : handPlace === 1 ? 'hand up, next' : `hand up, ${ordinal(handPlace)}`,
    subRoom === undefined ? '' : `in ${subRoom}`,
    hasSecond ? 'with a second device' : '',
    isLeftOut ? 'not on your stage' : '',
    hush === '' ? '' : `${hush.charAt(0).toLowerCase()}${hush.slice(1)}`,
  ]
  return parts.filter((part) => part !== '').join(' · ')
}

export function ordinal(nth: number): string {
  const ending = nth % 100 > 10 && nth % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][nth % 10] ?? 'th')
  return `${nth}${ending}`
}

const REACTION_WORDS: Readonly<Record<(typeof REACTIONS)[number], string>> = {
  '👍': 'thumbs up',
  '👎': 'thumbs down',
  '👏': 'clapping',
  '❤️': 'heart',
  '😂': 'laughing',
  '😮': 'surprised',
  '🎉': 'celebrating',
  '🙏': 'thanks',
}

export function reactionWords(reaction: string): string {
  return (REACTION_WORDS as Readonly<Record<string, string>>)[reaction] ?? reaction
}

export function votesLine(votes: number, all: number): string {
  const percent = all === 0 ? 0 : Math.round((votes / all) * 100)
  return `${votes} ${votes === 1 ? 'vote' : 'votes'} · ${percent} %`
}
