/** People in words: names in a list, initials in a circle, who can read, how they are connected. */
import type { Member } from '../../ports/asterism.ts'

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** At most two letters; marks of writing direction part words as spaces do. A name of signs only is shown by its first sign, an empty one by a dot. */
export function initialsOf(name: string): string {
  const words = name
    .normalize('NFC')
    .split(/[\s\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/)
    .filter((word) => word !== '')
  const firsts = words.map((word) => [...segments.segment(word)][0]?.segment ?? '').filter((letter) => letter !== '')
  if (firsts.length === 0) return '·'
  const [first = '·'] = firsts
  const last = firsts.length > 1 ? (firsts.at(-1) ?? '') : ''
  return `${first}${last}`.toLocaleUpperCase()
}

/** "Ann", "Ann and Ben", "Ann, Ben and 3 others". */
export function listNames(names: readonly string[], shown = 2): string {
  const [first, second] = names
  if (first === undefined) return 'nobody'
  if (second === undefined) return first
  if (names.length === 2) return `${first} and ${second}`
  const rest = names.length - shown
  const head = names.slice(0, shown).join(', ')
  return rest > 0 ? `${head} and ${rest} ${rest === 1 ? 'other' : 'others'}` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

export function audienceLine(readers: number): string {
  return `${readers} can read · relay cannot`
}

export function audienceSentence(readers: number): string {
  const who = readers <= 1 ? 'Only this device holds' : `${readers} devices hold`
  return `${who} the key of this room. The relay that introduces tabs sees sealed bytes only.`
}

/** "direct, 12 ms", "relayed", "connecting". */
export function connectionPhrase(member: Member): string {
  if (member.isMe) return 'this tab'
  if (member.connection === 'connecting') return 'connecting'
  if (member.connection === 'healing') return 'connecting again'
  const path = member.path === 'unknown' ? 'connected' : member.path
  return member.rttMs === undefined ? path : `${path}, ${Math.max(1, Math.round(member.rttMs))} ms`
}

/** A spread of hues around the room's own: one room, one family of colours, and everyone a shade of their own. */
export function starHue(roomHue: number, device: string): number {
  let hash = 7
  for (let i = 0; i < device.length; i++) hash = (hash * 31 + device.charCodeAt(i)) % 9973
  return (roomHue + (hash % 15) * 9 - 63 + 360) % 360
}
