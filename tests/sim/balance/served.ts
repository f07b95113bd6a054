/** What devices share, and what came of a visit. */
import type { Prior } from '../../../src/core/balance/choose-technique.ts'
import type { ClientProfile } from '../../../src/core/balance/client-profile.ts'
import type { Technique } from '../../../src/protocol/balance.ts'
import type { Brain } from '../brain.ts'
import type { World } from '../world.ts'
import type { Crowd } from './crowd-truth.ts'

export type Served = {
  /** Of the way that it found until the plan came; undefined: none. */
  readonly latencyMs: number | undefined
  /** At the end there is no picture, though somebody would bring it whom it did not find to fail. */
  readonly isLeftAlone: boolean
  /** Asked without a link that stands, or who has no way to the source. */
  readonly unreachable: number
  readonly asked: number
  readonly askedInVain: number
  /** Until the picture was there. */
  readonly firstPictureMs: number
  /** Redirects that were tried, and whether they rest now. */
  readonly redirects: number
  readonly redirectRests: boolean
}

export type Shared = {
  readonly world: World
  readonly brain: Brain
  readonly crowd: Crowd
  readonly priors: (profile: ClientProfile) => ReadonlyMap<Technique, Prior>
  readonly tell: (profile: ClientProfile, technique: Technique, hasWorked: boolean) => void
}
