/**
 * What happens in one round, from its seed alone: a file of some size under some profile, and devices that die without a
 * word while it is put, spread or read, each with what becomes of it. Seats are numbered; who sits there is not the script's.
 */
import { type Random, seededRandom } from '../../sim/random.ts'

export const SEATS = 8
const KIB = 1024
const MIB = KIB * KIB

/** `back`: with its disk as it was. `damaged`: with rotten fragments. `lost`: never, a device with an empty disk takes its place. */
export type Fate = 'back' | 'damaged' | 'lost'
export type Moment = 'put' | 'spread' | 'read'
/** `afterMs` counts from the moment's beginning. */
export type Death = { readonly seat: number; readonly moment: Moment; readonly afterMs: number; readonly fate: Fate }

export type Round = {
  readonly seed: number
  readonly profile: string
  readonly bytes: number
  readonly putter: number
  /** Devices that may be lost without losing the file, once it is acknowledged. */
  readonly spare: number
  readonly until: 'safe' | 'spread'
  readonly deaths: readonly Death[]
  /** Reads while devices die; it lives on. */
  readonly reader: number
}

const PROFILES: readonly { readonly text: string; readonly spare: number }[] = [
  { text: 'raid0', spare: 0 },
  { text: 'raid1(2)', spare: 1 },
  { text: 'raid1(3)', spare: 2 },
  { text: 'raid1(4)', spare: 3 },
  { text: 'raid5', spare: 1 },
  { text: 'raid6', spare: 2 },
  { text: 'raid10', spare: 1 },
  { text: 'nines(0.9)', spare: 2 },
  { text: 'nines(0.999)', spare: 2 },
]

/** Small files are many, large ones few; edges of segments and chunks are where mistakes sit. */
const SIZES: readonly ((random: Random) => number)[] = [
  () => 1,
  (random) => random.between(2, 64 * KIB),
  (random) => random.pick([64 * KIB - 1, 64 * KIB + 1, MIB - 1, MIB, MIB + 1]),
  (random) => random.pick([64 * KIB, 2 * MIB - 1, 2 * MIB, 4 * MIB + 1]),
  (random) => random.between(64 * KIB, 2 * MIB),
  (random) => random.between(MIB, 4 * MIB),
  (random) => random.between(4 * MIB, 12 * MIB),
  (random) => random.between(12 * MIB, 32 * MIB),
]

export function roundOf(seed: number): Round {
  const random = seededRandom(seed)
  const { text: profile, spare } = random.pick(PROFILES)
  const bytes = random.pick(SIZES)(random)
  // What is called safe has two to lose; all that the profile promises is there when it is spread.
  const until = spare >= 2 && random.chance(0.6) ? 'safe' : 'spread'
  const [putter, reader, ...others] = random.shuffled(Array.from({ length: SEATS }, (_, seat) => seat)) as [number, number, ...number[]]
  const bound = until === 'safe' ? 2 : spare
  const count = spare === 0 ? random.between(0, 1) : random.between(1, bound)
  // Without a copy to spare a device may only be away.
  const fates: readonly Fate[] = spare === 0 ? ['back'] : ['back', 'damaged', 'lost']
  const deaths = Array.from({ length: count }, (_, n): Death => {
    const moment = random.pick<Moment>(spare === 0 ? ['spread'] : ['put', 'spread', 'read'])
    const seat = n === 0 && moment !== 'put' && random.chance(0.5) ? putter : (others[n] as number)
    return { seat, moment, afterMs: random.below(moment === 'read' ? 300 : 1_500), fate: random.pick(fates) }
  })
  return { seed, profile, bytes, putter, spare, until, deaths, reader }
}

export function describeRound({ seed, profile, bytes, until, deaths }: Round): string {
  const told = deaths.map(({ seat, moment, fate }) => `${seat} dies in ${moment}, ${fate}`)
  return `seed ${seed}: ${profile}, ${bytes} bytes, ${until}; ${told.join(', ') || 'nobody dies'}`
}
