/** Who reads what is written, in words: before it is sent, and beside it afterwards. */
import type { ChatAudience, ChatMessage } from '../../ports/asterism.ts'
import { listNames } from '../format/people.ts'

export const EVERYBODY: ChatAudience = { kind: 'room', names: [] }

export function writeTo(audience: ChatAudience): string {
  if (audience.kind === 'room') return 'Write to everybody'
  return audience.kind === 'whisper' ? `Write to ${audience.name} alone` : `Write to ${audience.name}`
}

/** Said where one may choose; elsewhere there is one chat, and its words are in the empty log. */
export function readersLine(audience: ChatAudience): string {
  const { kind, names } = audience
  if (kind === 'room') return 'Everybody in the room reads this, also those who come later.'
  if (names.length === 0)
    return kind === 'whisper'
      ? `${audience.name} is not in the call, so nobody reads this.`
      : 'Nobody else is here to read this, and those who come later do not see it.'
  const who =
    kind === 'whisper' ? `Only ${audience.name} reads this.` : `Only ${listNames(names, 3)} ${names.length === 1 ? 'reads' : 'read'} this.`
  return `${who} A file is for the whole room.`
}

/** A draft is not sent to others than it was begun for. */
export function heldLine(audience: ChatAudience): string {
  const who = audience.kind === 'room' ? 'everybody in the room' : listNames(audience.names, 3)
  return `Not sent: you were elsewhere when you began this. Press Send again and ${who} will read it.`
}

/** Beside the name of who wrote it. */
export function placeMark({ place, isMe }: Pick<ChatMessage, 'place' | 'isMe'>, me: string): string | undefined {
  if (place.kind === 'room') return undefined
  if (place.kind === 'sub-room') return `only in ${place.name}`
  return !isMe && place.to === me ? 'to you alone' : `to ${place.name} alone`
}

export function lackingLine({ lacking }: Pick<ChatMessage, 'lacking'>): string | undefined {
  return lacking.length === 0 ? undefined : `${listNames(lacking, 3)} ${lacking.length === 1 ? 'has' : 'have'} not got this`
}
