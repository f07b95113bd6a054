/** Why a reflector was picked, why by this technique, and how that went, in words for people. Ids stand as `#<id>`; the screen puts names in their place. */
import type { Technique } from '../../protocol/balance.ts'
import { WHY_CHARS } from '../../protocol/limits.ts'
import type { MediaId } from '../../protocol/media.ts'
import type { MeetingPlaces } from '../../protocol/meeting.ts'
import type { TechniqueChoice } from './choose-technique.ts'
import type { ClimbWord } from './climb-to-source.ts'
import type { Dropped, Pick } from './metrics.ts'

const BECAUSE: Readonly<Record<Dropped['because'], string>> = {
  'off-lease': 'no longer offered',
  'other-network': 'in another network',
  blocked: 'failed before',
  'no-link': 'not reached',
  full: 'full',
  far: 'farther',
  loaded: 'busier',
}

/** What was asked of whom for a source's picture, and what came of it. `choice` and `pick`: of the first that is asked. */
export function explainWay(word: ClimbWord, choice?: TechniqueChoice, pick?: Pick): string {
  const picture = `#${word.source}’s picture`
  if (word.kind === 'stays') return cut(`${picture}: nobody else brings it, so it is taken as before`)
  const { technique, reflector } = word.attempt
  const from = reflector === String(word.source) ? 'the straight way' : `#${reflector}`
  if (word.kind === 'came') return cut(`${picture} comes from ${from}, ${WHO[technique]}`)
  const reason = choice === undefined ? 'the one before is late' : reasonOf(choice)
  const left = pick === undefined ? '' : leftOf(pick)
  return cut(`${picture}: ${from} is asked, ${WHO[technique]}; ${reason}${left}`)
}

/** Who passes on in a meeting, by points. */
export function explainPlaces({ points }: MeetingPlaces): string {
  const name = ([id]: readonly [MediaId, number]) => `#${id}`
  const places = points.map(({ isInside, reflectors }) => {
    const [first, ...others] = reflectors.map(name)
    const near = others.length === 0 ? first : `${first}, near it ${others.join(', ')}`
    return isInside ? `${near} (for this network alone)` : near
  })
  return cut(places.length === 0 ? 'nobody passes pictures on for all' : `pictures are passed on by ${places.join('; ')}`)
}

const WHO: Readonly<Record<Technique, string>> = {
  redirect: 'who passes on for this call',
  proxy: 'who has ways to both',
  turn: 'over a server',
  'link-hint': 'whom the link names',
  list: 'first on the list for newcomers',
}

function reasonOf({ because, tries, successes, resting }: TechniqueChoice): string {
  const reasons: Readonly<Record<TechniqueChoice['because'], string>> = {
    default: 'nothing is known of this kind of device',
    'all-rest': 'all ways failed lately',
    drawn: tries < 0.5 ? 'not tried here yet' : `worked ${Math.round(successes)} of ${Math.round(tries)} times`,
    given: 'that way is given',
  }
  const names = resting.map((technique) => NAMES[technique])
  const rest = names.length === 0 ? '' : `; ${names.join(', ')} failed and will be tried later`
  return `${reasons[because]}${rest}`
}

const NAMES: Readonly<Record<Technique, string>> = {
  redirect: 'taking it from who passes on',
  proxy: 'having it passed on',
  turn: 'the server',
  'link-hint': 'what the link says',
  list: 'the list',
}

function leftOf({ steps }: { readonly steps: Pick['steps'] }): string {
  const words = steps.map(({ dropped }) => countsOf(dropped)).filter((part) => part !== '')
  return words.length === 0 ? '' : ` (${words.join('; ')})`
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
