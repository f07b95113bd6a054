/** The decisions of the real balancer that these simulations run: a planted bug replaces one of them. */
import { chooseTechnique } from '../../../src/core/balance/choose-technique.ts'
import { stepLadder } from '../../../src/core/balance/ladder.ts'
import { pickReflector } from '../../../src/core/balance/metrics.ts'
import { offerReflectors } from '../../../src/core/balance/offer-reflectors.ts'
import { planAttempts, planUpgrade } from '../../../src/core/balance/plan-attempts.ts'
import { permutedList } from '../../../src/core/balance/points-of-presence.ts'
import { noteInBook } from '../../../src/core/balance/profile-book.ts'

export const BALANCE_BRAIN = {
  technique: chooseTechnique,
  attempts: planAttempts,
  upgrade: planUpgrade,
  ladder: stepLadder,
  pick: pickReflector,
  offer: offerReflectors,
  list: permutedList,
  note: noteInBook,
}
