/** Why a reflector was picked, and why by this technique, in words for people. Ids stand as `#<id>`; the screen puts names in their place. */
import type { Technique } from '../../protocol/balance.ts'
import { WHY_CHARS } from '../../protocol/limits.ts'
import type { TechniqueChoice } from './choose-technique.ts'
import { type Dropped, loadWith, type Pick } from './metrics.ts'

const BECAUSE: Readonly<Record<Dropped['because'], string>> = {
  'off-lease': 'no longer offered',
  'other-network': 'in another network',
  blocked: 'failed before',
  'no-link': 'not reached',
  full: 'full',
  far: 'farther',
  loaded: 'busier',
}

const BY: Readonly<Record<Technique, string>> = {
  redirect: 'straight to it',
  proxy: 'through the one it has',
  turn: 'through a server',
  'link-hint': 'as the link says',
  list: 'from the list',
}

export function explainPick({ picked, asked, steps, service }: Pick): string {
  const words = steps.map(({ dropped }) => countsOf(dropped)).filter((part) => part !== '')
  const left = words.length === 0 ? '' : ` (${words.join('; ')})`
  if (picked === undefined) return cut(`None of ${asked} can be used${left}`)
  const way = picked.rttMs === undefined ? '' : `, ${Math.round(picked.rttMs)} ms away`
  const load = picked.units === Number.POSITIVE_INFINITY ? '' : `, ${Math.min(999, Math.round(100 * loadWith(picked, service)))} % busy`
  return cut(`#${picked.id} of ${asked}${way}${load}${left}`)
}

export function explainTechnique({ technique, because, tries, successes, resting }: TechniqueChoice): string {
  const reasons = {
    default: 'nothing is known of this kind of device',
    'all-rest': 'all ways failed lately',
    drawn: tries < 0.5 ? 'not tried here yet' : `worked ${Math.round(successes)} of ${Math.round(tries)} times`,
  }
  const rest = resting.length === 0 ? '' : `; ${resting.join(', ')} failed and will be tried later`
  return cut(`${technique === undefined ? 'stays where it is' : BY[technique]}: ${reasons[because]}${rest}`)
}

/** `2 full, 1 farther`. */
function countsOf(dropped: readonly Dropped[]): string {
  const counts = new Map<string, number>()
  for (const { because } of dropped) counts.set(BECAUSE[because], (counts.get(BECAUSE[because]) ?? 0) + 1)
  return [...counts].map(([words, count]) => `${count} ${words}`).join(', ')
}

function cut(text: string): string {
  return text.length <= WHY_CHARS ? text : `${text.slice(0, WHY_CHARS - 1)}…`
}
