/** What the planner found, in words for people: no figure without what it means, no advice that was not computed. */
import type { Bound, Warning } from './plan-facts.ts'

const GIB = 1024 ** 3
const MIB = 1024 ** 2

export function remedyInWords(bound: Bound): string {
  const { remedy } = bound
  switch (remedy.kind) {
    case 'invite-keeper': {
      const who = remedy.devices === 1 ? 'one device that is' : `${remedy.devices} devices that are`
      return `Invite ${who} on most of the day: ${percent(bound.availability)} becomes ${percent(remedy.availability)}.`
    }
    case 'more-room':
      return `Let devices keep ${size(remedy.bytes)} more for this room.`
    case 'none':
      return `This room reaches ${percent(bound.availability)} at best. Wish for less, or keep a copy outside the room.`
    default:
      return remedy satisfies never
  }
}

export function warningsInWords(warnings: readonly Warning[]): string[] {
  return warnings.map((warning) => SENTENCES[warning])
}

/** The usual stands in for what is not known yet, and it is modest. */
export const YOUNG_ROOM_SENTENCE = 'This room is young: the odds are careful guesses until its devices are known for a day.'

const SENTENCES: Record<Warning, string> = {
  'fewer-than-three-devices': 'Fewer than three devices can keep copies: invite one more.',
  'one-network': 'All copies are in one network: if it fails, they fail together.',
  'two-networks': 'The copies are in two networks; a third would be safer.',
  'no-near-copy': 'No copy is near you: reading may take longer.',
  'below-floor-by-wish': 'As wished, fewer than two devices may be lost.',
  'not-enough-room': 'The devices here have too little room left for it.',
}

/** As many digits as tell it from certainty: 68 %, 99.3 %, 99.95 %. */
function percent(chance: number): string {
  const digits = chance >= 0.9995 ? 3 : chance >= 0.995 ? 2 : chance >= 0.95 ? 1 : 0
  const scale = 10 ** digits
  return `${(Math.floor(chance * 100 * scale) / scale).toFixed(digits).replace(/\.0+$/, '')} %`
}

function size(bytes: number): string {
  return bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GB` : `${Math.max(1, Math.ceil(bytes / MIB))} MB`
}
