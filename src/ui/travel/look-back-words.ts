/** A look back at a meeting as a table and sentences: what each way of planning would have brought. Figures in, words out. */
import type { Figures, Member, PolicyName, PolicyReplay, Replay } from '../../ports/asterism.ts'
import { capital, WHAT } from './travel-rows.ts'

export type LookBackRow = {
  readonly key: string
  readonly name: string
  readonly isOurs: boolean
  readonly inTime: string
  readonly late: string
  readonly missing: string
  readonly delay: string
  /** How it plans, and what that does to lines and people. */
  readonly about: string
}

type Shown = Exclude<PolicyName, 'afresh' | 'trusting'>

/** In the order in which they are shown. The rest tell those who change the planner something, and nobody else. */
const WAYS: Readonly<Record<Shown, { readonly name: string; readonly about: string }>> = {
  ours: { name: 'As this version plans', about: 'The same figures, planned by the version that runs here.' },
  nearest: { name: 'To the nearest', about: 'A sender whose line is full sends people to the nearest who has it.' },
  turns: { name: 'In turn', about: 'A sender whose line is full sends people to the others in turn.' },
  random: { name: 'By lot', about: 'A sender whose line is full sends people to anybody who has it.' },
  star: { name: 'All through one', about: 'The strongest line passes everything on, as a server does.' },
  mesh: { name: 'Everybody straight', about: 'Nobody passes anything on, as in a mesh.' },
}

export const SHOWN_POLICIES = Object.keys(WAYS) as readonly Shown[]

/** What was planned comes first; ours again only where this version would do otherwise. */
export function lookBackRows({ logged, policies }: Replay): readonly LookBackRow[] {
  const planned = rowOf('logged', { name: 'As it was planned', about: 'This is what was done.' }, logged, true)
  const others = shownOf(policies).filter(({ policy, differing }) => policy !== 'ours' || differing > 0)
  return [planned, ...others.map(({ policy, figures }) => rowOf(policy, WAYS[policy], figures, policy === 'ours'))]
}

export function wouldDiffer({ policies }: Replay): boolean {
  return shownOf(policies).some(({ differing }) => differing > 0)
}

function shownOf(policies: readonly PolicyReplay[]): readonly (PolicyReplay & { readonly policy: Shown })[] {
  return policies.flatMap((one) => (one.policy in WAYS ? [{ ...one, policy: one.policy as Shown }] : []))
}

function rowOf(
  key: string,
  { name, about }: { readonly name: string; readonly about: string },
  figures: Figures,
  isOurs: boolean,
): LookBackRow {
  const { wanted, wellCome, small, late, missing, delayMs, moved, fullest } = figures
  return {
    key,
    name,
    isOurs,
    inTime: share(wellCome, wanted),
    late: share(late, wanted),
    missing: share(missing, wanted),
    delay: delayMs <= 0 ? '–' : `${Math.max(1, Math.round(delayMs))} ms`,
    about: `${about}${small === 0 ? '' : ` Small instead of large: ${share(small, wanted)}.`} The fullest line was asked for ${fillOf(fullest)} what it carries; ${movesOf(moved)}.`,
  }
}

function fillOf(share: number): string {
  return share < 10 ? `${Math.round(100 * share)} % of` : `${Math.round(share)} times`
}

function movesOf(moved: number): string {
  if (moved === 0) return 'nothing changed its way'
  return moved === 1 ? 'one stream changed its way' : `${moved} streams changed their way`
}

/** "all" and "none" are said only of all and of none. */
function share(part: number, whole: number): string {
  if (part === 0) return 'none'
  if (part === whole) return 'all'
  const percent = (100 * part) / whole
  return percent < 1 ? 'under 1 %' : `${Math.min(99, Math.round(percent))} %`
}

export function lookBackSentence(replay: Replay): string {
  const { rounds, lastedMs, people } = replay
  const minutes = Math.round(lastedMs / 60_000)
  const span = minutes < 1 ? 'within a minute' : minutes === 1 ? 'in a minute' : `in ${minutes} minutes`
  const planned = `${rounds === 1 ? 'One plan' : `${rounds} plans ${span}`}, for ${people} people${rounds === 1 ? '' : ' at most'}`
  if (wouldDiffer(replay)) return `${planned}. What others would have brought is reckoned with what was measured then.`
  const straight = replay.logged.passed === 0 ? 'every line had room for everything to go straight, and ' : ''
  return `${planned}: ${straight}each way of planning would have done the same.`
}

export type Otherwise = {
  readonly key: string
  readonly name: string
  readonly count: string
  readonly sentences: readonly DifferenceWords[]
}
export type DifferenceWords = { readonly what: string; readonly logged: string; readonly replayed: string }

/** Of each a few: what follows often comes of the first. */
const TOLD = 3

export function otherwise({ policies }: Replay, members: readonly Member[]): readonly Otherwise[] {
  const named = namesIn(policies, members)
  return shownOf(policies)
    .filter(({ differing }) => differing > 0)
    .map(({ policy, differing, differences }) => ({
      key: policy,
      name: WAYS[policy].name,
      count: differing === 1 ? 'one stream' : `${differing} streams`,
      sentences: differences.slice(0, TOLD).map(({ atMs, of, layer, logged, replayed }) => ({
        what: `${at(atMs)}, ${WHAT[layer]} of ${named(of)}`,
        logged: `${capital(named(logged))}.`,
        replayed: `${capital(named(replayed))}.`,
      })),
    }))
}

function at(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds === 0) return 'At the first plan'
  return seconds < 120 ? `After ${seconds} s` : `After ${Math.round(seconds / 60)} minutes`
}

/** Who is here has a name; others are numbered as they are spoken of. */
function namesIn(policies: readonly PolicyReplay[], members: readonly Member[]): (text: string) => string {
  const texts = policies.flatMap(({ differences }) => differences.flatMap(({ of, logged, replayed }) => [of, logged, replayed]))
  const strangers = [...new Set(texts.flatMap((text) => text.match(/#\d+/g) ?? []))]
  return (text) =>
    members
      .reduce((words, { tab, isMe, name }) => words.replaceAll(tab, () => (isMe ? 'this tab' : name)), text)
      .replaceAll(/#\d+/g, (id) => `person ${strangers.indexOf(id) + 1}`)
}
