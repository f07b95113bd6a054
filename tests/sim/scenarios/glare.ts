/**
 * Two sides change one link at the same time, under every order in which their deeds and messages can meet up to a
 * length, and under long runs of chance with messages lost, doubled and overtaken. Both end stable, with one and the
 * same offer and answer, and with every change told.
 */
import { NegotiationSide, type SideMessage } from '../../twins/negotiation-side.ts'
import type { Brain } from '../brain.ts'
import type { Outcome, Scenario } from '../scenario.ts'
import type { World } from '../world.ts'

export const glare: Scenario = { name: 'glare', area: 'room', run }

type Deed = 'change' | 'gather' | 'deliver' | 'double' | 'drop' | 'cut' | 'mend' | 'lose-signaling' | 'open-signaling' | 'ring'
type Act = { readonly side: 0 | 1; readonly deed: Deed }
type Pair = readonly [NegotiationSide, NegotiationSide]

/** Changes per side in an exhaustive run: two collide in every way; a third only repeats them. */
const CHANGES = 2
const SETTLE_TURNS = 300

const CALM: readonly Act[] = [
  { side: 0, deed: 'change' },
  { side: 1, deed: 'change' },
  { side: 0, deed: 'deliver' },
  { side: 1, deed: 'deliver' },
  { side: 0, deed: 'gather' },
]

function run(world: World, brain: Brain, size: 'small' | 'large'): Outcome {
  const orders = everyOrder(world, brain, size === 'small' ? 8 : 12)
  const runs = size === 'small' ? 300 : 5_000
  for (let n = 0; n < runs && world.violations.length === 0; n++) longRun(world, brain)
  return { nodes: 2, figures: { orders, runs } }
}

/** Depth first; an order in which an act is impossible is not walked further. */
function everyOrder(world: World, brain: Brain, length: number): number {
  let orders = 0
  const walk = (acts: readonly Act[]): void => {
    if (world.violations.length > 0) return
    if (acts.length === length) {
      orders++
      const pair = makePair(brain)
      for (const act of acts) perform(world, pair, act)
      mustAgree(world, pair, () => acts.map(({ side, deed }) => `${side} ${deed}`).join(', '))
      return
    }
    for (const act of CALM) if (isPossible(brain, world, acts, act)) walk([...acts, act])
  }
  walk([])
  return orders
}

function isPossible(brain: Brain, world: World, acts: readonly Act[], act: Act): boolean {
  if (act.deed === 'change') return acts.filter(({ side, deed }) => side === act.side && deed === 'change').length < CHANGES
  if (act.deed === 'gather') return !acts.some(({ deed }) => deed === 'gather')
  const pair = makePair(brain)
  for (const earlier of acts) perform(world, pair, earlier)
  return pair[act.side].sent.length > 0
}

const WILD: readonly Deed[] = [
  'change',
  'gather',
  'deliver',
  'deliver',
  'deliver',
  'double',
  'drop',
  'cut',
  'mend',
  'lose-signaling',
  'open-signaling',
  'ring',
]

function longRun(world: World, brain: Brain): void {
  const pair = makePair(brain)
  const acts: Act[] = []
  for (let n = world.random.between(10, 80); n > 0; n--) {
    const act = { side: world.random.below(2) as 0 | 1, deed: world.random.pick(WILD) }
    acts.push(act)
    perform(world, pair, act)
  }
  mustAgree(world, pair, () => `a run of ${acts.length} acts`)
}

function makePair(brain: Brain): Pair {
  const pair = [new NegotiationSide('a', 'impolite', brain.negotiation), new NegotiationSide('b', 'polite', brain.negotiation)] as const
  for (const side of pair) side.handle({ kind: 'signaling-opened' })
  return pair
}

function perform(world: World, pair: Pair, { side, deed }: Act): void {
  const one = pair[side]
  world.events++
  world.trace.add(`${side} ${deed} ${one.state.phase} ${one.state.agreedRound}`)
  if (deed === 'change') one.change()
  else if (deed === 'ring') one.ring(world.random.chance(0.5) ? 'answer' : 'restart')
  else if (deed === 'deliver' || deed === 'double' || deed === 'drop') carry(world, one, pair[1 - side] as NegotiationSide, deed)
  else if (deed === 'gather')
    one.handle({ kind: 'candidate-gathered', candidate: { candidate: `${one.ufrag} c`, mid: '0', ufrag: one.ufrag } })
  else if (deed === 'cut') one.handle({ kind: 'connection-changed', to: 'disconnected' })
  else if (deed === 'mend') one.handle({ kind: 'connection-changed', to: 'connected' })
  else one.handle({ kind: deed === 'lose-signaling' ? 'signaling-lost' : 'signaling-opened' })
}

/** Streams keep their order; losing and doubling happen when a stream breaks and what was on it is said again. */
function carry(world: World, from: NegotiationSide, to: NegotiationSide, deed: 'deliver' | 'double' | 'drop'): void {
  const at = deed === 'deliver' ? 0 : world.random.below(Math.max(1, from.sent.length))
  const message: SideMessage | undefined = deed === 'double' ? from.sent[at] : from.sent.splice(at, 1)[0]
  if (message !== undefined && deed !== 'drop') to.receive(message)
}

function mustAgree(world: World, pair: Pair, acts: () => string): void {
  const isQuiet = settle(world, pair)
  const [a, b] = pair
  world.must(isQuiet, () => `negotiation goes on for ever after ${acts()}`)
  const isSame = a.agreement?.offer === b.agreement?.offer && a.agreement?.answer === b.agreement?.answer
  world.must(isSame, () => `two agreements after ${acts()}: ${JSON.stringify([a.agreement, b.agreement])}`)
}

function settle(world: World, pair: Pair): boolean {
  for (const one of pair) one.handle({ kind: 'signaling-opened' })
  for (let turn = 0; turn < SETTLE_TURNS; turn++) {
    if (pair.every(({ sent, state }) => sent.length === 0 && state.phase === 'stable')) return true
    for (const side of [0, 1] as const) {
      if (pair[side].sent.length > 0) perform(world, pair, { side, deed: 'deliver' })
      else if (pair.every(({ sent }) => sent.length === 0)) pair[side].ring('answer')
    }
  }
  return false
}
