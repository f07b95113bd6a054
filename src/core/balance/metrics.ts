/**
 * Which reflector serves a client: accessibility first, then latency, then load, each a function that makes the list
 * shorter. Load never brings back what cannot be reached, and a near one is not left for an idle one far away. What each
 * metric did is kept as data; `explain-pick` puts it into words.
 */
import { NEAR_EXTRA_MS, NEAR_SHARE } from '../../protocol/limits.ts'

/** What a reflector does for others: it passes a stream on, or makes one picture of a call. What a TURN server does no tab does. */
type Service = 'reflect' | 'composite'

/** How many of each it does now. */
export type Load = Readonly<Record<Service, number>>

export type Reflector = {
  readonly id: string
  /** It said lately that it passes on, and that still holds. */
  readonly isOnLease: boolean
  /** Only this network reaches it: offered to nobody else. */
  readonly onlyIn: string | undefined
  readonly load: Load
  /** What it can do, in units, by its own benchmark. */
  readonly units: number
}

export type Candidate = Reflector & {
  /** A way to it stands now. */
  readonly isLinked: boolean
  /** It failed from this network, and is left alone until that is forgotten. */
  readonly isBlocked: boolean
  /** Undefined: nobody measured it. */
  readonly rttMs: number | undefined
}

export type Metric = 'accessibility' | 'latency' | 'load'
export type Dropped = {
  readonly id: string
  readonly because: 'off-lease' | 'other-network' | 'blocked' | 'no-link' | 'full' | 'far' | 'loaded'
}
export type Shrunk = { readonly metric: Metric; readonly kept: readonly Candidate[]; readonly dropped: readonly Dropped[] }

export type Pick = {
  readonly picked: Candidate | undefined
  /** In the order they were applied. */
  readonly steps: readonly Shrunk[]
}

/** Of one core: nine decodes, a composition and an encode took a third of it, one more copy of a stream 0.7 %. */
const UNITS: Readonly<Record<Service, number>> = { reflect: 1, composite: 45 }

/** Of what a reflector can do: loads this near each other are equal, and the first takes it. */
const ALIKE = 0.05

export function pickReflector(candidates: readonly Candidate[], network: string): Pick {
  const reached = accessible(candidates, network)
  const close = near(reached.kept)
  const light = lightest(close.kept)
  return { picked: light.kept[0], steps: [reached, close, light] }
}

/** All that can be used, each the pick of those that are left. */
export function orderReflectors(candidates: readonly Candidate[], network: string): readonly Pick[] {
  const picks: Pick[] = []
  for (let left = candidates; ; ) {
    const pick = pickReflector(left, network)
    if (pick.picked === undefined) return picks
    picks.push(pick)
    left = left.filter((one) => one !== pick.picked)
  }
}

/** Those that this network reaches now. One that is full goes only while there is another. */
export function accessible(candidates: readonly Candidate[], network: string): Shrunk {
  const blocks = candidates.map((one) => ({ one, because: hindrance(one, network) }))
  const reached = blocks.flatMap(({ one, because }) => (because === undefined ? [one] : []))
  const free = reached.filter((one) => loadWith(one) <= 1)
  const kept = free.length > 0 ? free : reached
  const dropped = blocks.flatMap(({ one, because }): Dropped[] => (because === undefined ? [] : [{ id: one.id, because }]))
  const full = reached.filter((one) => !kept.includes(one)).map(({ id }): Dropped => ({ id, because: 'full' }))
  return { metric: 'accessibility', kept, dropped: [...dropped, ...full] }
}

function hindrance({ isOnLease, onlyIn, isBlocked, isLinked }: Candidate, network: string): Dropped['because'] | undefined {
  if (!isOnLease) return 'off-lease'
  if (onlyIn !== undefined && onlyIn !== network) return 'other-network'
  if (isBlocked) return 'blocked'
  return isLinked ? undefined : 'no-link'
}

/** The nearest, and all that are as near as makes no difference. Inside its own network a reflector is preferred. */
export function near(candidates: readonly Candidate[]): Shrunk {
  const inside = candidates.filter(({ onlyIn }) => onlyIn !== undefined)
  const among = inside.length > 0 ? inside : candidates
  const best = Math.min(...among.map(latencyOf))
  const kept = among.filter((one) => latencyOf(one) <= best * NEAR_SHARE + NEAR_EXTRA_MS)
  return { metric: 'latency', kept, dropped: candidates.filter((one) => !kept.includes(one)).map(({ id }) => ({ id, because: 'far' })) }
}

function latencyOf({ rttMs }: Candidate): number {
  return rttMs ?? Number.POSITIVE_INFINITY
}

/** The least loaded, and all that are as free, in the order they came in: a list that is permuted spreads them. */
export function lightest(candidates: readonly Candidate[]): Shrunk {
  const least = Math.min(...candidates.map((one) => loadWith(one)))
  const isAlike = (one: Candidate) => loadWith(one) <= least + ALIKE || loadWith(one) === least
  const kept = candidates.filter(isAlike)
  const dropped = candidates.filter((one) => !isAlike(one)).map(({ id }): Dropped => ({ id, because: 'loaded' }))
  return { metric: 'load', kept, dropped }
}

/** The share of what it can do that it would do with one more copy. Figures that make no sense count as full. */
export function loadWith({ load, units }: Reflector): number {
  const used = (1 + load.reflect) * UNITS.reflect + load.composite * UNITS.composite
  const share = used / units
  return share >= 0 ? share : Number.POSITIVE_INFINITY
}
