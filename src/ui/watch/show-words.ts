/** What is said of a show: times, and what lies on it as one person chooses it. */
import type { Poll, Show } from '../../ports/asterism.ts'
import type { DeviceId } from '../../protocol/ids.ts'

/** Where a person stands with a show: in one of its corners, or beside it. */
export const STANDS = ['top-left', 'top-right', 'bottom-left', 'bottom-right', 'beside'] as const
export type Stand = (typeof STANDS)[number]

export const STAND_WORDS: Readonly<Record<Stand, string>> = {
  'top-left': 'at the top left',
  'top-right': 'at the top right',
  'bottom-left': 'at the bottom left',
  'bottom-right': 'at the bottom right',
  beside: 'beside it',
}
export const PLACE_WORDS: Readonly<Record<Show['place'], string>> = {
  stage: 'Large, people around it',
  beside: 'Small, among the people',
  corner: 'In a corner, over the people',
}
/** Percent of the usual speed. */
export const RATES = [50, 75, 100, 125, 150, 200] as const

/** One of each kind, as the panel of a show offers it. */
export type OnTop = {
  readonly device: DeviceId | undefined
  readonly stand: Stand
  readonly text: string
  readonly poll: string | undefined
}

export function onTopOf(overlays: Show['overlays']): OnTop {
  const person = overlays.find((one) => one.kind === 'picture' || one.kind === 'split')
  const banner = overlays.find((one) => one.kind === 'banner')
  const poll = overlays.find((one) => one.kind === 'poll')
  return {
    device: person?.device,
    stand: person?.kind === 'picture' ? person.corner : person?.kind === 'split' ? 'beside' : 'bottom-right',
    text: banner?.text ?? '',
    poll: poll?.poll,
  }
}

export function overlaysOf({ device, stand, text, poll }: OnTop): Show['overlays'] {
  const overlays: Show['overlays'] = []
  if (device !== undefined) overlays.push(stand === 'beside' ? { kind: 'split', device } : { kind: 'picture', device, corner: stand })
  if (text.trim() !== '') overlays.push({ kind: 'banner', text: text.trim() })
  if (poll !== undefined) overlays.push({ kind: 'poll', poll })
  return overlays
}

/** Polls a show asks, those still there. */
export function pollsOn(overlays: Show['overlays'], polls: readonly Poll[]): readonly Poll[] {
  return overlays.flatMap((one) => (one.kind === 'poll' ? polls.filter(({ id }) => id === one.poll) : []))
}

/** "1:02:03", "4:05". */
export function clockOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  const two = (count: number) => String(count).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
